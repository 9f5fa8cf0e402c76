"""``pointsman render`` writes the same bytes everywhere, atomically, without keys."""

from __future__ import annotations

import json
import resource
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from custom_providers.registry import loading
from custom_providers.registry.model import Registry
from custom_providers.routing.table import deployment_id
from pointsman.config.render import config, render
from pointsman.simulator import Simulator
from tests.conftest import REGISTRY
from tests.patience import SECONDS
from tests.pointsman.conftest import Command
from tests.running import BIN, REPOSITORY, clean_environment

GOLDEN = REGISTRY.with_suffix(".yaml")


def test_the_tests_registry_renders_to_its_golden_file(example_registry: Registry):
    assert render(example_registry, "registry.toml") == GOLDEN.read_text()


def test_the_committed_config_is_what_the_committed_registry_renders_to():
    committed = loading.load(REPOSITORY / "providers.toml")

    assert render(committed, "providers.toml") == (REPOSITORY / "litellm_config.yaml").read_text()


def test_the_header_names_the_registrys_hash(example_registry: Registry):
    assert f"# registry sha256: {example_registry.sha256}" in render(example_registry, "registry.toml")


def test_a_comment_is_no_drift(pointsman: Command, folder: Path):
    pointsman("render")
    registry = folder / "providers.toml"
    registry.write_text(f"# A remark.\n{registry.read_text()}")
    remarked = pointsman("render", "--check")
    registry.write_text(registry.read_text().replace("gpt-oss:120b", "gpt-oss:20b"))
    moved = pointsman("render", "--check")

    assert (remarked.returncode, moved.returncode) == (0, 1), remarked.stdout
    assert "out of date with" in moved.stderr


def test_render_writes_once_and_then_finds_nothing_to_do(pointsman: Command, folder: Path):
    first = pointsman("render")
    written = (folder / "litellm_config.yaml").stat().st_mtime_ns
    second = pointsman("render")

    assert (first.returncode, first.stderr) == (0, "litellm_config.yaml: written\n")
    assert (second.returncode, second.stderr) == (0, "litellm_config.yaml: up to date\n")
    assert (folder / "litellm_config.yaml").stat().st_mtime_ns == written


def test_the_bytes_do_not_depend_on_keys_environment_or_place(
    pointsman: Command, folder: Path, tmp_path_factory: pytest.TempPathFactory, upstreams: Simulator
):
    plain = pointsman("render", "-o", "-")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    env = {
        **clean_environment(),
        **upstreams.environ(),
        "LANG": "tr_TR.UTF-8",
        "TZ": "Asia/Kathmandu",
        "HOME": "/nowhere",
    }

    moved = subprocess.run(
        [BIN / "pointsman", "render", "-o", "-", "--registry", folder / "providers.toml"],
        cwd=elsewhere, env=env, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert plain.returncode == moved.returncode == 0
    assert plain.stdout == moved.stdout
    assert not [key for name, key in upstreams.environ().items() if name.endswith("KEY") and key in moved.stdout]
    assert "127.0.0.1" not in moved.stdout


def test_check_shows_the_difference_and_writes_nothing(pointsman: Command, folder: Path):
    pointsman("render")
    before = (folder / "litellm_config.yaml").read_text()
    text = (folder / "providers.toml").read_text()
    (folder / "providers.toml").write_text(text.replace("http://localhost:3200", "http://localhost:11434"))

    checked = pointsman("render", "--check")

    assert checked.returncode == 1
    assert "-    api_base: http://localhost:3200\n+    api_base: http://localhost:11434\n" in checked.stdout
    assert "hint: run `pointsman render`" in checked.stderr
    assert (folder / "litellm_config.yaml").read_text() == before


def test_check_of_an_up_to_date_file_is_ok(pointsman: Command):
    pointsman("render")

    assert pointsman("render", "--check").returncode == 0


def test_a_full_disk_leaves_the_old_file_whole(pointsman: Command, folder: Path):
    pointsman("render")
    before = (folder / "litellm_config.yaml").read_bytes()
    registry = folder / "providers.toml"
    registry.write_text(registry.read_text().replace("gpt-oss:120b", "gpt-oss:20b"))

    full = subprocess.run(
        [BIN / "pointsman", "render"], cwd=folder, env=clean_environment(), capture_output=True, text=True, check=False,
        timeout=SECONDS, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048)),
    )  # fmt: skip

    assert full.returncode == 3
    assert "hint: " in full.stderr
    assert "Traceback" not in full.stderr
    assert (folder / "litellm_config.yaml").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["litellm_config.yaml", "providers.toml"]


def test_a_folder_that_is_not_there_is_named(pointsman: Command):
    failed = pointsman("render", "-o", "nowhere/litellm_config.yaml")

    assert failed.returncode == 3
    assert "nowhere" in failed.stderr
    assert "Traceback" not in failed.stderr


BROKEN = [
    ("missing", lambda path: path.unlink(), 3, "no such file"),
    ("a directory", lambda path: (path.unlink(), path.mkdir()), 3, "is a directory"),
    ("empty", lambda path: path.write_text(""), 1, "is empty"),
    ("binary", lambda path: path.write_bytes(b"\x00\xff\xfe" * 50), 1, "is not UTF-8"),
    ("10 MB", lambda path: path.write_bytes(b"# x\n" * 2_600_000), 1, "larger than 4 MB"),
    ("not TOML", lambda path: path.write_text("provider: kimi\n"), 1, "is not TOML"),
    ("a JSON file", lambda path: path.write_text('{"provider": []}'), 1, "is not TOML"),
]


@pytest.mark.parametrize(("name", "spoil", "code", "says"), BROKEN, ids=[case[0] for case in BROKEN])
@pytest.mark.parametrize("command", [["render"], ["route", "x"], ["providers"], ["serve"], ["smoke"]])
def test_a_registry_that_cannot_be_used_is_one_clear_error(
    pointsman: Command, folder: Path, command: list[str], name: str, spoil, code: int, says: str
):
    spoil(folder / "providers.toml")

    failed = pointsman(*command)

    assert failed.returncode == code, failed.stderr
    assert says in failed.stderr
    assert "providers.toml" in failed.stderr
    assert "hint: " in failed.stderr
    assert "Traceback" not in failed.stderr


def test_every_fallback_is_named_as_its_deployment(example_registry: Registry):
    rows = config(example_registry)["callback_settings"]["pointsman"]["providers"]

    (openai,) = (row for row in rows if row["name"] == "openai")
    assert openai["fallbacks"] == ["openrouter/openai/gpt-oss-120b:free", "qwen3.5:latest"]


def test_only_exact_names_and_trailing_wildcards_reach_litellms_matcher(example_registry: Registry):
    names = [deployment["model_name"] for deployment in config(example_registry)["model_list"]]

    assert len(names) == len(set(names))
    assert all("*" not in name[:-1] for name in names)
    assert "*" not in names
    assert not [name for name in names if name.startswith("retired/")]


def test_every_deployment_has_an_id_of_its_name_alone(example_registry: Registry):
    """LiteLLM's own id depends on the key and the base URL, so its database loses deployments with overrides."""
    deployments = config(example_registry)["model_list"]

    ids = [deployment["model_info"]["id"] for deployment in deployments]

    assert ids == [deployment_id(deployment["model_name"]) for deployment in deployments]
    assert len(set(ids)) == len(ids)


def test_redis_is_for_coordination_and_no_answer_is_cached(example_registry: Registry):
    gateway = replace(example_registry.gateway, redis_url_env="SHARED_REDIS_URL")
    rendered = config(replace(example_registry, gateway=gateway))

    assert rendered["general_settings"].pop("coordination_redis") == {"url": "os.environ/SHARED_REDIS_URL"}
    assert rendered == config(example_registry)


def test_a_price_in_dollars_per_million_becomes_dollars_per_token(example_registry: Registry):
    lines = config(example_registry)["callback_settings"]["pointsman"]["models"]["moonshot"].splitlines()
    (house,) = (model for model in map(json.loads, lines) if model["id"] == "kimi-house-model")

    assert house["input_cost_per_token"] == 5e-07
    assert house["output_cost_per_token"] == 2e-06
    assert house["max_input_tokens"] == 131072


def test_the_yaml_reads_back_as_what_was_rendered(example_registry: Registry):
    assert yaml.safe_load(render(example_registry, "registry.toml")) == config(example_registry)
