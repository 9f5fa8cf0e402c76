"""After a typo, every command names file, line, field and the right word, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pointsman.conftest import Command

REGISTRY = """\
[[provider]]
name = "ollama"
base_url = "http://localhost:11434"
auth = "none"
default_model = "qwen3.5:latest"

[[provider]]
name = "kimi"
base_url = "https://api.kimi.com/coding/v1"
auth = "bearer"
auth_env = "KIMI_API_KEY"
default_model = "kimi-for-coding"

[aliases]
fast = "kimi/k3"
"""

TYPOS = {
    "field": (
        'default_model = "kimi',
        'defualt_model = "kimi',
        'providers.toml:12: provider "kimi": defualt_model: unknown field',
        'did you mean "default_model"?',
    ),
    "provider": (
        '"kimi/k3"',
        '"kimy/k3"',
        'providers.toml:15: aliases.fast: no provider has the prefix of "kimy/k3"',
        'did you mean "kimi/k3"?',
    ),
    "provider's name": (
        'name = "kimi"',
        'name = "kimmi"',
        'providers.toml:7: provider "kimmi": kind: is missing, and "kimmi" is not a known provider',
        'did you mean "kimi"?',
    ),
    "table": ("[aliases]", "[alaises]", "providers.toml:14: alaises: unknown field", 'did you mean "aliases"?'),
    "value": (
        '"bearer"',
        '"baerer"',
        'providers.toml:10: provider "kimi": auth: "baerer" is not allowed',
        'did you mean "bearer"?',
    ),
}


@pytest.mark.parametrize("command", ["check", "render", "serve", "reload", "route fast"])
@pytest.mark.parametrize(("right", "wrong", "says", "suggests"), TYPOS.values(), ids=TYPOS)
def test_a_typo_is_found_where_it_is(
    pointsman: Command, folder: Path, command: str, right: str, wrong: str, says: str, suggests: str
):
    assert right in REGISTRY
    registry, config = folder / "providers.toml", folder / "litellm_config.yaml"
    registry.write_text(REGISTRY)
    assert pointsman("render").returncode == 0
    before = config.read_text()
    registry.write_text(REGISTRY.replace(right, wrong))

    done = pointsman(*command.split())

    assert done.returncode == 1
    assert done.stderr.startswith(says), done.stderr
    assert suggests in done.stderr
    assert "Traceback" not in done.stderr
    assert config.read_text() == before
    assert {path.name for path in folder.iterdir()} == {"litellm_config.yaml", "providers.toml"}
