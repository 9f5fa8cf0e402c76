"""Every outcome of a call through the real proxy has exactly one row."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.running import MASTER_KEY

pytestmark = pytest.mark.proxy

CHAT = "/v1/chat/completions"
SECRET_WORDS = "the hidden pebble"
HELLO: list[Any] = [{"role": "user", "content": SECRET_WORDS}]
WEATHER: list[Any] = [{"role": "user", "content": "What is the weather?"}]
TOOL = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
TOOLS = [{"type": "function", "function": TOOL}]
SUCCESS = {"outcome": "success", "status": 200, "error_class": None, "retries": 0, "fallbacks": 0}


@pytest.fixture(autouse=True)
def _fresh(simulator: Simulator) -> None:
    """Starts each test without scripted answers."""


def _has(row: dict[str, Any], **expected: Any) -> bool:
    """Asserts that the row has the expected values, with a readable difference in pytest."""
    found = {name: row[name] for name in expected}
    assert found == expected
    return True


ANSWERED = {
    "chat": (CHAT, {"model": "fast", "messages": HELLO}, {"provider": "openai", "rule": "alias", "stream": 0}),
    "stream": (
        CHAT,
        {"model": "openai/gpt-4o-mini", "messages": HELLO, "stream": True},
        {"provider": "openai", "rule": "prefix", "stream": 1, "finish_reason": "stop"},
    ),
    "tool": (
        CHAT,
        {"model": "openai/gpt-4o-mini", "messages": WEATHER, "tools": TOOLS},
        {"finish_reason": "tool_calls", "tool_calls": {"get_weather": 1}},
    ),
    "tool in a stream": (
        CHAT,
        {"model": "kimi/kimi-for-coding", "messages": WEATHER, "tools": TOOLS, "stream": True, "max_tokens": 4000},
        {"provider": "kimi", "finish_reason": "tool_calls", "tool_calls": {"get_weather": 1}},
    ),
    "messages": (
        "/v1/messages",
        {"model": "claude-haiku-4-5", "messages": HELLO, "max_tokens": 99},
        {"provider": "claude", "rule": "bare", "endpoint": "/v1/messages", "finish_reason": "stop"},
    ),
    "messages in a stream": (
        "/v1/messages",
        {"model": "claude-haiku-4-5", "messages": HELLO, "max_tokens": 99, "stream": True},
        {"provider": "claude", "stream": 1, "finish_reason": "stop"},
    ),
    "messages translated": (
        "/v1/messages",
        {"model": "openai/gpt-4o-mini", "messages": HELLO, "max_tokens": 99},
        {"provider": "openai", "upstream_model": "gpt-4o-mini", "finish_reason": "stop"},
    ),
    "responses": (
        "/v1/responses",
        {"model": "openai/gpt-4o-mini", "input": "weather?", "tools": [{"type": "function", **TOOL}]},
        {"provider": "openai", "tool_calls": {"get_weather": 1}},
    ),
    "responses in a stream": (
        "/v1/responses",
        {"model": "kimi/kimi-for-coding", "input": SECRET_WORDS, "stream": True, "max_output_tokens": 4000},
        {"provider": "kimi", "stream": 1},
    ),
    "chat by way of responses": (
        CHAT,
        {"model": "opencode/gpt-5.2", "messages": HELLO},
        {"provider": "opencode", "upstream_model": "gpt-5.2"},
    ),
    "ollama, by suffix": (
        CHAT,
        {"model": "gpt-oss:120b-cloud", "messages": HELLO},
        {"provider": "ollama_cloud", "upstream_model": "gpt-oss:120b", "rule": "suffix"},
    ),
    "added in the admin UI": (
        CHAT,
        {"model": "house-model", "messages": HELLO},
        {"provider": "openai", "upstream_model": "gpt-4o-mini", "rule": None},
    ),
    "added, its provider beside its name": (
        "/v1/messages",
        {"model": "house-model-2", "messages": HELLO, "max_tokens": 99},
        {"provider": "openai", "upstream_model": "gpt-4o-mini", "rule": None},
    ),
    "the old path": ("/v1/chat", {"model": "local", "messages": HELLO}, {"provider": "ollama", "endpoint": "/v1/chat"}),
}


@pytest.mark.parametrize(("path", "body", "expected"), ANSWERED.values(), ids=ANSWERED)
def test_an_answered_call(recorded: Recorded, path: str, body: dict[str, Any], expected: dict[str, Any]):
    answers: list[httpx.Response] = []
    row = recorded.row_of(lambda: answers.append(recorded.post(path, body)))
    assert answers[0].status_code == 200
    assert _has(row, **SUCCESS | {"key_alias": "litellm_proxy_master_key"} | expected)
    assert _has(row, model=body["model"], call_id=answers[0].headers["x-litellm-call-id"], prompt=None, answer=None)
    assert row["prompt_tokens"] > 0
    assert row["completion_tokens"] > 0
    assert row["cost"] is not None
    assert (row["first_token_seconds"] is not None) == bool(body.get("stream"))
    assert row["duration_seconds"] >= (row["first_token_seconds"] or 0)


def test_an_embedding(recorded: Recorded):
    body = {"model": "openai/text-embedding-3-small", "input": SECRET_WORDS}
    row = recorded.row_of(lambda: recorded.post("/v1/embeddings", body))
    assert _has(row, outcome="success", provider="openai", completion_tokens=0, finish_reason=None)


def test_a_count_of_tokens(recorded: Recorded):
    """LiteLLM calls no callbacks for it, so the row has only what the boundary recorded."""
    body = {"model": "claude/claude-haiku-4-5", "messages": HELLO}
    row = recorded.row_of(lambda: recorded.post("/v1/messages/count_tokens", body))
    assert _has(row, outcome="success", status=200, endpoint="/v1/messages/count_tokens", provider=None)


def test_what_was_changed_for_kimi(recorded: Recorded):
    body = {"model": "thinker", "messages": HELLO, "max_tokens": 50, "temperature": 0.2}
    row = recorded.row_of(lambda: recorded.post(CHAT, body))
    assert _has(row, provider="kimi", rule="alias", adjustments=["temperature", "max_tokens raised 50 -> 1500"])
    assert 0 < row["reasoning_tokens"] < row["completion_tokens"]


REFUSED = {
    "no key for the provider": (
        {"model": "keyless/x", "messages": HELLO},
        {"status": 404, "provider": "keyless", "upstream_model": "x", "rule": "prefix"},
    ),
    "a provider that is switched off": (
        {"model": "retired/x", "messages": HELLO, "stream": True},
        {"status": 404, "provider": "retired", "stream": 1},
    ),
    "no model": ({"messages": HELLO}, {"status": 400, "model": None, "rule": "invalid", "provider": None}),
    "no name": (
        {"model": "a\u0000\u001b[2J,b" + "x" * 400, "messages": HELLO},
        {"status": 400, "model": "a?[2J,b" + "x" * 400, "rule": "invalid"},
    ),
    "an unknown field": (
        {"model": "openai/gpt-4o-mini", "messages": HELLO, "context_window_fallbacks": []},
        {"status": 400, "provider": "openai"},
    ),
}


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_call_that_is_refused_before_any_provider(recorded: Recorded, body: dict[str, Any], expected: dict[str, Any]):
    row = recorded.row_of(lambda: recorded.post(CHAT, body))
    assert _has(row, outcome="failure", error_class="HTTPException", retries=0, prompt_tokens=None, cost=None)
    assert _has(row, first_provider=None, first_attempts=None)
    assert row["error_message"]
    assert _has(row, key_alias="litellm_proxy_master_key", **expected)


def test_a_body_that_is_no_json(recorded: Recorded):
    with recorded.proxy.client() as client:
        row = recorded.row_of(lambda: client.post(CHAT, content=b"{bad"))
    assert _has(row, outcome="failure", status=400, model=None)


@pytest.mark.parametrize("key", ["sk-wrong", "none", "not even a key"])
def test_a_key_that_is_none(recorded: Recorded, key: str):
    with httpx.Client(base_url=recorded.proxy.url, headers={"Authorization": f"Bearer {key}"}) as client:
        row = recorded.row_of(lambda: client.post(CHAT, json={"model": "fast", "messages": HELLO}))
    assert _has(row, outcome="failure", model="fast", provider=None, key_alias=None, team=None)
    assert row["status"] in (400, 401, 403)


def test_a_failure_of_the_provider(recorded: Recorded, simulator: Simulator):
    simulator.script("claude", "bad_key")
    body = {"model": "claude-haiku-4-5", "messages": HELLO}
    row = recorded.row_of(lambda: recorded.post(CHAT, body))
    assert _has(row, outcome="failure", status=401, error_class="AuthenticationError", provider="claude")
    assert _has(row, error_message="invalid x-api-key", first_provider="claude", first_attempts=1, attempts=None)


def test_a_failure_that_kimi_tells_apart(recorded: Recorded, simulator: Simulator):
    simulator.script("kimi", "quota")
    row = recorded.row_of(lambda: recorded.post(CHAT, {"model": "kimi/kimi-for-coding", "messages": HELLO}))
    assert _has(row, outcome="failure", status=403, error_kind="quota_exhausted", retries=0)


def test_an_answer_after_two_tries_more(recorded: Recorded, simulator: Simulator):
    """Failed attempts have no separate rows."""
    simulator.script("openai", "rate_limit", "rate_limit")
    row = recorded.row_of(lambda: recorded.post(CHAT, {"model": "openai/gpt-4o-mini", "messages": HELLO}))
    assert _has(row, outcome="success", provider="openai", retries=2, fallbacks=0, attempts=None)
    assert _has(row, first_provider="openai", first_attempts=3)
    assert "rate limit" in row["error_message"].lower()
    assert row["prompt_tokens"] > 0


def test_an_answer_from_a_fallback(recorded: Recorded, simulator: Simulator):
    simulator.script("openai", "bad_key")
    row = recorded.row_of(lambda: recorded.post(CHAT, {"model": "openai/gpt-4o-mini", "messages": HELLO}))
    assert _has(row, outcome="success", model="openai/gpt-4o-mini", retries=0, fallbacks=1, error_class=None)
    assert _has(row, provider="openrouter", upstream_model="openai/gpt-oss-120b:free")
    assert _has(row, first_provider="openai", first_attempts=1)
    assert _has(row, attempts=["openai/gpt-4o-mini", "openrouter/openai/gpt-oss-120b:free"])
    assert "API key" in row["error_message"]


def test_a_stream_that_breaks(recorded: Recorded, simulator: Simulator):
    """The client already has its 200, and the tokens before the break are paid for."""
    simulator.script("openai", "in_band_error")
    body = {"model": "openai/gpt-4o-mini", "messages": HELLO, "stream": True, "disable_fallbacks": True}
    row = recorded.row_of(lambda: recorded.post(CHAT, body))
    assert _has(row, outcome="failure", status=200, finish_reason=None, stream=1)
    assert row["error_class"]
    assert row["prompt_tokens"] > 0


def test_a_client_that_leaves_in_the_middle_of_a_stream(recorded: Recorded, simulator: Simulator):
    simulator.script("openai", "hang_mid_stream")
    body = {"model": "openai/gpt-4o-mini", "messages": HELLO, "stream": True}
    row = recorded.row_of(lambda: recorded.leave(CHAT, body, begun=True, when=lambda: simulator.attempts))
    assert _has(row, outcome="cancelled", status=200, stream=1, finish_reason=None, provider="openai")
    assert row["first_token_seconds"] is not None


def test_a_client_that_leaves_before_a_stream_begins(recorded: Recorded, simulator: Simulator):
    simulator.script("openai", "hang")
    body = {"model": "openai/gpt-4o-mini", "messages": HELLO, "stream": True}
    row = recorded.row_of(lambda: recorded.leave(CHAT, body, begun=False, when=lambda: simulator.attempts))
    assert _has(row, outcome="cancelled", stream=1, first_token_seconds=None)


def test_a_client_that_leaves_before_a_whole_answer(recorded: Recorded, simulator: Simulator):
    simulator.script("openai", "hang")
    body = {"model": "fast", "messages": HELLO}
    row = recorded.row_of(lambda: recorded.leave(CHAT, body, begun=False, when=lambda: simulator.attempts))
    assert _has(row, outcome="cancelled", status=499, stream=0, provider="openai", completion_tokens=None)


def test_a_call_id_that_the_client_chooses_twice(recorded: Recorded):
    headers = {"x-litellm-call-id": "chosen"}
    rows = [
        recorded.row_of(lambda: recorded.post(CHAT, {"model": "fast", "messages": HELLO}, headers=headers))
        for _ in range(2)
    ]
    assert [row["call_id"] for row in rows] == ["chosen", "chosen"]
    assert rows[0]["id"] != rows[1]["id"]


def test_what_is_no_call_of_a_model_leaves_no_row(recorded: Recorded):
    before = len(recorded.rows())
    with recorded.proxy.client() as client:
        assert client.get("/v1/models").status_code == 200
        assert client.get("/health/liveliness").status_code == 200
        client.post("/key/generate", json={})
    recorded.row_of(lambda: recorded.post(CHAT, {"model": "fast", "messages": HELLO}))
    assert len(recorded.rows()) == before + 1


def test_no_call_has_left_a_second_row(recorded: Recorded):
    recorded.row_of(lambda: recorded.post(CHAT, {"model": "fast", "messages": HELLO}))
    assert len(recorded.rows()) == recorded.calls


def test_no_text_and_no_key_is_in_the_state_directory(recorded: Recorded):
    recorded.row_of(lambda: recorded.post(CHAT, {"model": "fast", "messages": HELLO}))
    files = [path for path in recorded.state.rglob("*") if path.is_file()]
    assert files
    held = b"".join(path.read_bytes() for path in files)
    assert SECRET_WORDS.encode() not in held
    assert MASTER_KEY.encode() not in held
