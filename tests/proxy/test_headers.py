"""The headers that providers receive from a client's ``extra_headers``, the registry, the key and the connection."""

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


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("model", ["openai/gpt-4o-mini", "claude/claude-haiku-4-5", "kimi/kimi-for-coding"])
@pytest.mark.parametrize("stream", [False, True])
def test_no_answer_shows_the_base_url_of_its_provider(client: httpx.Client, path: str, model: str, stream: bool):
    answer = client.post(path, json={"model": model, "stream": stream, **PATHS[path]})

    assert answer.status_code == 200
    assert [name for name, value in answer.headers.items() if "127.0.0.1" in value] == []


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


AGENTS = ["claude-cli/2.0.14 (external, cli)", "codex_cli_rs/0.60.0 (Debian 12; x86_64)"]


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("model", ["claude/claude-haiku-4-5", "kimi/kimi-for-coding", "openai/gpt-4o-mini"])
def test_what_litellm_adds_for_a_coding_agent_reaches_no_provider(
    client: httpx.Client, simulator: Simulator, model: str, path: str, agent: str
):
    """Anthropic refuses unknown fields."""
    response = client.post(path, json={"model": model, **PATHS[path]}, headers={"User-Agent": agent})

    assert response.status_code == 200, response.text
    (received,) = simulator.attempts
    assert b"drop_params" not in received.body


@pytest.mark.parametrize("model", ["claude/claude-haiku-4-5", "opencode/claude-sonnet-4-5"])
def test_what_a_client_says_to_litellm_reaches_no_provider(client: httpx.Client, simulator: Simulator, model: str):
    said = {"drop_params": True, "num_retries": 1, "tags": ["mine"], "cache": {"no-cache": True}}

    response = client.post("/v1/messages", json={"model": model, **PATHS["/v1/messages"], **said})

    assert response.status_code == 200, response.text
    (received,) = simulator.attempts
    assert not any(f'"{name}"'.encode() in received.body for name in said)
