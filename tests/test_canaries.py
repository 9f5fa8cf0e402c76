"""No key appears in a log, response or file, even with full logging and many failures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from custom_providers.registry.model import Registry
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.running import MASTER_KEY, litellm

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
MODELS = [
    "ollama/qwen3.5:latest",
    "ollama_cloud/gpt-oss:120b",
    "openrouter/openai/gpt-oss-120b:free",
    "opencode/glm-5.3",
    "opencode_go/minimax-m3",
    "kimi/kimi-for-coding",
    "moonshot/kimi-k2.6",
    "gemini/gemini-2.5-flash",
    "claude/claude-haiku-4-5",
    "openai/gpt-4o-mini",
]


@pytest.mark.parametrize("arguments", [(), ("--detailed_debug",)], ids=["default", "debug"])
def test_no_key_is_left_behind_by_a_proxy_whatever_happens(
    example_registry: Registry, simulator: Simulator, tmp_path: Path, arguments: tuple[str, ...]
):
    config = tmp_path / "litellm_config.yaml"
    config.write_text(render(example_registry, "registry.toml"))
    env = {**simulator.environ(), "POINTSMAN_STATE_DIR": str(tmp_path / "state")}
    answers: list[str] = []

    with litellm(config, env, tmp_path / "proxy.log", *arguments) as proxy, proxy.client() as client:
        for model in MODELS:
            answers += _provoke(client, simulator, model)

    secrets = {MASTER_KEY, *(key for name, key in simulator.environ().items() if name.endswith("KEY"))}
    assert len(secrets) > 8
    for text in answers:
        assert not [key for key in secrets if key in text]
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        text = path.read_text(errors="replace")
        leaked = [(key[:12], text[max(0, text.index(key) - 200) : text.index(key)]) for key in secrets if key in text]
        assert not leaked, (path.name, leaked)


def _provoke(client: httpx.Client, simulator: Simulator, model: str) -> list[str]:
    """Makes calls of ``model``: a plain one, a stream, one with a refused key and one with a server error."""
    body = {"model": model, "messages": PONG, "disable_fallbacks": True, "num_retries": 0}
    texts = [client.post("/v1/chat/completions", json={**body, "stream": stream}).text for stream in (False, True)]
    provider = model.partition("/")[0]
    for answer in ("server_error", "html_504") if provider == "ollama" else ("bad_key", "server_error"):
        simulator.script(provider, answer)
        texts.append(client.post("/v1/chat/completions", json=body).text)
    return texts
