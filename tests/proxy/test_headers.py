"""A client's ``extra_headers`` together with those of registry, key and connection, as providers receive them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
PATHS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": PONG, "max_tokens": 64},
    "/v1/messages": {"messages": PONG, "max_tokens": 64},
    "/v1/responses": {"input": "Reply PONG"},
}
MODELS = [
    "openai/gpt-4o-mini",
    "opencode/glm-5.3",
    "opencode/claude-sonnet-4-5",
    "opencode/gemini-3-pro",
    "claude/claude-haiku-4-5",
    "gemini/gemini-2.5-flash",
    "ollama/qwen3.5:latest",
    "openrouter/openai/gpt-oss-120b:free",
    "kimi/kimi-for-coding",
]
FORGED = {
    "User-Agent": "forged/1",
    "Host": "forged.example",
    "Content-Length": "1",
    "Transfer-Encoding": "chunked",
    "Content-Encoding": "gzip",
    "Authorization": "Bearer forged",
    "x-api-key": "forged",
    "x-goog-api-key": "forged",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("model", MODELS)
def test_a_client_adds_headers_and_replaces_none(client: httpx.Client, simulator: Simulator, model: str, path: str):
    response = client.post(path, json={"model": model, **PATHS[path], "extra_headers": {**FORGED, "X-Mine": "mine"}})

    assert response.status_code == 200, response.text
    (received,) = simulator.attempts
    assert received.headers["X-Mine"] == "mine"
    assert not any("forged" in value for value in received.headers.values())


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("model", "header", "value"),
    [("openai/gpt-4o-mini", "X-Team", "tests"), ("opencode/glm-5.3", "User-Agent", "litellm-pointsman/")],
)
@pytest.mark.parametrize("sent", [{"X-Mine": "mine"}, {"x-team": "mine", "user-agent": "mine"}, {}, None], ids=repr)
def test_the_registrys_headers_stay(
    client: httpx.Client, simulator: Simulator, sent: Any, model: str, header: str, value: str, path: str
):
    response = client.post(path, json={"model": model, **PATHS[path], "extra_headers": sent})

    assert response.status_code == 200, response.text
    (received,) = simulator.attempts
    assert received.headers[header].startswith(value)
