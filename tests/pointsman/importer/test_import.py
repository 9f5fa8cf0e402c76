"""``pointsman import``: its output, the files that it keeps, and the resulting registry, which works."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.pointsman.conftest import Command

CANARY = "sk-proj-canary-0123456789abcdefghijklmnopqrstuvwxyz"
CONFIG = f"""\
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o
      api_key: {CANARY}
  - model_name: local
    litellm_params: {{model: ollama/qwen3}}
  - model_name: cloud
    litellm_params: {{model: bedrock/claude}}
"""

UNKNOWN = "is not a provider that import knows"
_OTHER_VENDOR = (
    'if it is compatible with OpenAI or Anthropic, add it by hand, with kind = "openai" or "anthropic" and base_url; '
    "otherwise keep the model in LiteLLM's admin UI"
)


def test_the_registry_is_written_and_checked_and_the_key_moves_to_env(pointsman: Command, folder: Path):
    (folder / "providers.toml").unlink()
    (folder / "old.yaml").write_text(CONFIG)

    done = pointsman("import", "old.yaml")
    route = pointsman("route", "gpt-4o", "--expect", "openai/gpt-4o")
    rendered = pointsman("render")

    assert done.returncode == 1, "one entry was not carried over"
    assert done.stderr.splitlines() == [
        "providers.toml: written, 2 providers and 2 aliases",
        ".env: OPENAI_API_KEY copied there; remove the values from old.yaml",
        f'warning: old.yaml:9: model_list[2].litellm_params.model: "bedrock" {UNKNOWN}',
        f"    hint: {_OTHER_VENDOR}",
        "1 warning",
        "    hint: run `pointsman check`",
    ]
    assert (route.returncode, rendered.returncode) == (0, 0), route.stderr + rendered.stderr
    assert (folder / ".env").read_text() == f"OPENAI_API_KEY={CANARY}\n"
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    everything = done.stdout + done.stderr + (folder / "providers.toml").read_text()
    assert CANARY not in everything + (folder / "litellm_config.yaml").read_text()


def test_an_existing_registry_is_kept_unless_replaced_and_then_copied(pointsman: Command, folder: Path):
    before = (folder / "providers.toml").read_text()
    (folder / "old.yaml").write_text(CONFIG)

    refused = pointsman("import", "old.yaml")
    kept = (folder / "providers.toml").read_text()
    replaced = pointsman("import", "old.yaml", "--replace")

    assert refused.returncode == 3
    assert refused.stderr.startswith("providers.toml: exists\n    hint: ")
    assert kept == before
    assert replaced.returncode == 1
    assert (folder / "providers.toml.old").read_text() == before


def test_another_value_in_env_stops_it_before_anything_is_written(pointsman: Command, folder: Path):
    (folder / "providers.toml").unlink()
    (folder / ".env").write_text("OPENAI_API_KEY=sk-another\n")
    (folder / "old.yaml").write_text(CONFIG)

    done = pointsman("import", "old.yaml")

    assert done.returncode == 3
    assert done.stderr.startswith(".env: OPENAI_API_KEY has another value already")
    assert not (folder / "providers.toml").exists()


def test_a_file_that_is_no_config_is_a_problem_with_its_place(pointsman: Command, folder: Path):
    (folder / "old.yaml").write_text("model_list: [\n")

    done = pointsman("import", "old.yaml", "--registry", "new.toml")

    assert done.returncode == 1
    assert done.stderr.startswith("old.yaml:2: is not YAML: ")
    assert not (folder / "new.toml").exists()


HOSTILE = {
    "aliases of aliases": (
        "a0: &a0 [x, x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
        + "model_list: *a11\n",
        "has more than 200,000 keys and values",
    ),
    "merged keys": (
        "a0: &a0 {x: 1}\n"
        + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 12))
        + "model_list: []\n",
        "has more than 200,000 keys and values",
    ),
    "100,000 levels": ("model_list: " + "[" * 100_000, "is not YAML"),
    "10 MB": ("model_list: [" + "x, " * 3_000_000 + "x]\n", "has more than 4,000,000 characters"),
}


@pytest.mark.parametrize(("content", "says"), HOSTILE.values(), ids=HOSTILE)
def test_a_config_that_stands_for_too_much_is_refused(pointsman: Command, folder: Path, content: str, says: str):
    (folder / "providers.toml").unlink()
    (folder / "old.yaml").write_text(content)

    done = pointsman("import", "old.yaml")

    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("old.yaml: ")
    assert says in done.stderr


def test_so_is_a_device(pointsman: Command, folder: Path):
    (folder / "providers.toml").unlink()
    (folder / "old.yaml").write_text("include: [/dev/zero]\nmodel_list: []\n")

    done = pointsman("import", "old.yaml")

    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("/dev/zero: has more than 4,000,000 characters")


def test_and_a_file_of_bytes(pointsman: Command, folder: Path):
    (folder / "old.yaml").write_bytes(b"\x90\xff\x00")

    done = pointsman("import", "old.yaml", "--replace")

    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("old.yaml: is not UTF-8")
