"""The changes that a reload reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from pointsman.serve.registry_diff import changes
from pointsman.sources import sources
from pointsman.sources.registration import registrations

REGISTRY = """
[[provider]]
name = "ollama"
base_url = "http://localhost:11434"
auth = "none"
default_model = "qwen3.5:latest"

[[provider]]
name = "openrouter"
base_url = "https://openrouter.ai/api/v1"
auth = "bearer"
auth_env = "OPENROUTER_API_KEY"
default_model = "openai/gpt-oss-120b:free"

[[provider]]
name = "claude"
base_url = "https://api.anthropic.com/v1"
auth = "x_api_key"
auth_env = "ANTHROPIC_API_KEY"
default_model = "claude-haiku-4-5"

[aliases]
fast = "openrouter/x/fast"
"""
VLLM = """
[[provider]]
name = "vllm"
kind = "openai"
base_url = "http://127.0.0.1:8000/v1"
auth = "none"
default_model = "m"
"""
ENV = {"OPENROUTER_API_KEY": "sk-or-v1-canary-old0"}


@pytest.mark.parametrize(
    ("old", "new", "env", "expected"),
    [
        ("", "", {}, []),
        ("[aliases]", f"{VLLM}\n[aliases]", {}, ["+ vllm"]),
        ('name = "openrouter"', 'name = "openrouter"\nfallbacks = ["ollama/x"]', {}, ["~ openrouter: fallbacks"]),
        ('name = "openrouter"', 'name = "openrouter"\nenabled = false', {}, ["- openrouter: switched off"]),
        ("", "", {"OPENROUTER_API_KEY": ""}, ["- openrouter: no key"]),
        ("", "", {"OPENROUTER_API_KEY": "sk-or-v1-canary-new1"}, ["~ openrouter: key ...new1"]),
        ("", "", {"ANTHROPIC_API_KEY": "sk-ant-canary-key2"}, ["+ claude"]),
        ("", "", {"OPENROUTER_BASE_URL": "http://127.0.0.1:1"}, ["~ openrouter: base_url"]),
        ("x/fast", "x/faster", {}, ["~ alias fast"]),
        ("fast =", "quick =", {}, ["+ alias quick", "- alias fast"]),
        ("[aliases]", "[gateway]\nport = 4001\n[aliases]", {}, ["~ [gateway]: port"]),
        ("[aliases]", "[audit]\nenabled = false\n[aliases]", {}, ["~ [audit]: enabled"]),
        ("# ", "", {}, []),
    ],
)
def test_each_change_is_one_line(tmp_path: Path, old: str, new: str, env: dict[str, str], expected: list[str]):
    path = tmp_path / "providers.toml"
    path.write_text(REGISTRY)
    before = sources.load(path, ENV)
    path.write_text(REGISTRY.replace(old, new) if old else REGISTRY)
    after = sources.load(path, {**ENV, **env})

    found = list(changes(before.registry, registrations(before), after.registry, registrations(after)))

    assert found == expected
    assert "canary" not in "".join(found)
