"""Conversations that began at OpenAI or Anthropic go on at other providers, without invented or lost sentences."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator

pytestmark = pytest.mark.proxy

ADJUSTED = "x-pointsman-adjusted"
MODELS = {
    "openrouter": "openrouter/openai/gpt-oss-120b:free",
    "ollama": "ollama/qwen3.5:latest",
    "kimi": "kimi/kimi-for-coding",
    "gemini": "gemini/gemini-2.5-flash",
    "claude": "claude/claude-haiku-4-5",
}
OTHERS = [name for name in MODELS if name != "claude"]
SEARCH = {
    "type": "web_search_call",
    "id": "ws_1",
    "status": "completed",
    "action": {"type": "search", "query": "SECRET"},
}
SHELL = {"type": "local_shell_call", "id": "l", "call_id": "l", "action": {"type": "exec", "command": ["SECRET"]}}
SHELL_RESULT = {"type": "local_shell_call_output", "id": "l", "call_id": "l", "output": "SECRET"}
USER = {"role": "user", "content": "Reply PONG"}
SAID = {"role": "assistant", "content": "PONG"}


def _sent(simulator: Simulator) -> str:
    (attempt,) = simulator.attempts
    return json.dumps(attempt.json)


@pytest.mark.parametrize("provider", MODELS)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("items", "named"),
    [
        ([SEARCH], "input.web_search_call"),
        ([{"type": "web_search_call", "status": "completed"}], "input.web_search_call"),
        ([SHELL, SHELL_RESULT], "input.local_shell_call, input.local_shell_call_output"),
    ],
    ids=["search", "incomplete", "shell"],
)
def test_openais_own_tools_are_left_out_and_named(
    client: httpx.Client, simulator: Simulator, provider: str, stream: bool, items: list[Any], named: str
):
    body = {"model": MODELS[provider], "input": [USER, *items, SAID, USER], "stream": stream}

    response = client.post("/v1/responses", json=body)

    assert response.status_code == 200, response.text
    assert response.headers[ADJUSTED] == named
    assert "SECRET" not in _sent(simulator)
    assert "earch" not in _sent(simulator)


@pytest.mark.parametrize("model", ["openai/gpt-4o-mini", "opencode/gpt-5.1"])
def test_they_stay_where_the_provider_has_openais_api(client: httpx.Client, simulator: Simulator, model: str):
    response = client.post("/v1/responses", json={"model": model, "input": [USER, SEARCH, SAID, USER]})

    assert response.status_code == 200, response.text
    assert ADJUSTED not in response.headers
    assert "SECRET" in _sent(simulator)


@pytest.mark.parametrize("provider", MODELS)
@pytest.mark.parametrize(
    ("items", "says"),
    [
        ([USER, SHELL, SHELL_RESULT], 'input[2].type "local_shell_call_output" is the result of a tool'),
        ([{"type": "compaction", "encrypted_content": "gAAAAAB"}, USER], "input[0] is encrypted for OpenAI"),
    ],
    ids=["shell", "compaction"],
)
def test_an_answer_that_would_be_wrong_is_a_400(
    client: httpx.Client, simulator: Simulator, provider: str, items: list[Any], says: str
):
    response = client.post("/v1/responses", json={"model": MODELS[provider], "input": items})

    assert response.status_code == 400, response.text
    assert response.json()["error"]["message"].startswith(says)
    assert not simulator.attempts


DOCUMENT = {
    "type": "document",
    "title": "TITLE",
    "source": {"type": "text", "media_type": "text/plain", "data": "FACT"},
}
FOUND = {
    "type": "search_result",
    "title": "TITLE",
    "source": "https://e.com",
    "content": [{"type": "text", "text": "FACT"}],
}
USE = {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}]}
LOOK = {"name": "look", "input_schema": {"type": "object", "properties": {}}}


def _asked(client: httpx.Client, provider: str, *messages: Any, stream: bool = False) -> httpx.Response:
    body = {"model": MODELS[provider], "max_tokens": 4000, "messages": [*messages], "tools": [LOOK], "stream": stream}
    return client.post("/v1/messages", json=body)


@pytest.mark.parametrize("provider", MODELS)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("block", [DOCUMENT, FOUND], ids=["document", "search result"])
def test_documents_and_search_results_arrive(
    client: httpx.Client, simulator: Simulator, provider: str, stream: bool, block: dict[str, Any]
):
    asked = {"role": "user", "content": [block, {"type": "text", "text": "Reply PONG"}]}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [block]}

    response = _asked(client, provider, asked, USE, {"role": "user", "content": [result]}, stream=stream)

    assert response.status_code == 200, response.text
    assert _sent(simulator).count("FACT") == 2
    assert _sent(simulator).count("TITLE") == 2


@pytest.mark.parametrize("provider", OTHERS)
def test_claudes_own_tools_are_left_out_and_named(client: httpx.Client, simulator: Simulator, provider: str):
    used = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "SECRET"}}
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    said = {"role": "assistant", "content": [used, found]}

    response = _asked(client, provider, USER, said, USER)

    assert response.status_code == 200, response.text
    assert response.headers[ADJUSTED] == "content.server_tool_use, content.web_search_tool_result"
    assert "SECRET" not in _sent(simulator)
    assert "No results" not in _sent(simulator)


@pytest.mark.parametrize("provider", OTHERS)
def test_a_file_that_anthropic_stores_is_a_400(client: httpx.Client, simulator: Simulator, provider: str):
    image = {"type": "image", "source": {"type": "file", "file_id": "file_1"}}

    response = _asked(client, provider, {"role": "user", "content": [image]})

    assert response.status_code == 400, response.text
    message = response.json()["error"]["message"]
    assert message == f"messages[0].content[0] is a file that Anthropic stores, and {provider} does not have it"
    assert not simulator.attempts


@pytest.mark.parametrize("provider", MODELS)
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_a_system_message_within_a_conversation_gets_no_note(
    client: httpx.Client, simulator: Simulator, provider: str, path: str
):
    reminder = {"role": "system", "content": "REMINDER"}
    body = {"model": MODELS[provider], "max_tokens": 4000, "messages": [USER, SAID, reminder, USER]}

    response = client.post(path, json=body)

    assert response.status_code == 200, response.text
    assert _sent(simulator).count("REMINDER") == 1
    assert "note" not in _sent(simulator).lower()


REFUSED = {
    "chat, field": ("/v1/chat/completions", {"role": "assistant", "content": None, "refusal": "NEVER"}),
    "chat, part": (
        "/v1/chat/completions",
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "NEVER"}]},
    ),
    "responses": (
        "/v1/responses",
        {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "NEVER"}]},
    ),
}


@pytest.mark.parametrize("provider", MODELS)
@pytest.mark.parametrize(("path", "said"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_stays_in_the_conversation(
    client: httpx.Client, simulator: Simulator, provider: str, path: str, said: dict[str, Any]
):
    turns = [USER, said, USER]
    body = {"model": MODELS[provider], ("input" if path == "/v1/responses" else "messages"): turns}

    response = client.post(path, json=body)

    assert response.status_code == 200, response.text
    assert _sent(simulator).count("NEVER") == 1


@pytest.mark.parametrize("provider", MODELS)
def test_an_older_function_call_reaches_every_api(client: httpx.Client, simulator: Simulator, provider: str):
    called = {"role": "assistant", "content": None, "function_call": {"name": "look", "arguments": "{}"}}
    result = {"role": "function", "name": "look", "content": "RESULT"}

    response = client.post("/v1/chat/completions", json={"model": MODELS[provider], "messages": [USER, called, result]})

    assert response.status_code == 200, response.text
    assert "RESULT" in _sent(simulator)
    assert "look" in _sent(simulator)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_conversation_of_nothing_is_not_filled_with_words(client: httpx.Client, simulator: Simulator, stream: bool):
    empty = [{"role": "system", "content": "be"}, {"role": "user", "content": ""}]

    response = client.post(
        "/v1/chat/completions", json={"model": MODELS["claude"], "messages": empty, "stream": stream}
    )

    assert response.status_code == 400, response.text
    assert response.json()["error"]["message"] == "Anthropic requires at least one non-system message"
    assert not simulator.attempts
