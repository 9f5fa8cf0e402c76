"""If a provider hangs, resets, half-closes, sends garbage or is down, clients get an error and no other call waits."""

from __future__ import annotations

import contextlib
from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator
from pointsman.simulator.answers import Answer
from tests.faults.raw import HEAD, WORD, RawUpstream, Then
from tests.observability.audit.recorded import Recorded

pytestmark = pytest.mark.proxy

CHAT = "/v1/chat/completions"
MODELS = {
    "ollama": "qwen3.5:latest",
    "openai": "openai/gpt-4o-mini",
    "claude": "claude-haiku-4-5",
    "gemini": "gemini/gemini-2.5-flash",
    "kimi": "kimi/kimi-for-coding",
    "raw": "raw/any",
    "dead": "dead/any",
    "hasty_openai": "hasty_openai/gpt-4o-mini",
    "hasty_claude": "hasty_claude/claude-haiku-4-5",
    "hasty_ollama": "hasty_ollama/qwen3.5:latest",
    "hasty_gemini": "hasty_gemini/gemini-2.5-flash",
    "hasty_kimi": "hasty_kimi/kimi-for-coding",
}


def _body(provider: str, **fields: Any) -> dict[str, Any]:
    hello = [{"role": "user", "content": "Reply PONG"}]
    return {"model": MODELS[provider], "messages": hello, "disable_fallbacks": True, **fields}


def _failed(response: httpx.Response, status: int, says: str) -> bool:
    assert response.status_code == status, response.text
    assert says in response.json()["error"]["message"]
    return True


CUT_AT_ONCE = Answer(faithful=True, fault="cut", after=0)
"""It ends behind the response headers."""
BEFORE_THE_ANSWER: list[tuple[str, str | Answer, bool, int, str]] = [
    ("hasty_openai", "hang", False, 504, "sent nothing in time"),
    ("hasty_claude", "hang", False, 408, "hasty_claude sent nothing in time: nothing came for 5 s"),
    ("hasty_ollama", "hang", True, 504, "sent nothing in time"),
    ("hasty_gemini", "hang", True, 408, "hasty_gemini sent nothing in time: nothing came for 5 s"),
    ("hasty_kimi", "hang", True, 504, "nothing came for 5 s"),
    ("openai", "cut_before_headers", False, 500, "openai ended its answer before it was complete: "),
    ("claude", "cut_before_headers", True, 500, "claude ended its answer before it was complete: "),
    *((name, CUT_AT_ONCE, True, 500, f"{name} ended its answer before") for name in ("claude", "gemini", "openai")),
    *((name, CUT_AT_ONCE, True, 502, "before it was complete") for name in ("ollama", "kimi")),
    ("kimi", "cut_before_headers", True, 502, "before it was complete"),
    ("openai", "not_json", False, 500, "openai sent an answer that cannot be read: it begins: upstream connect"),
    ("openai", "not_json", True, 502, "before it was complete"),
    ("claude", "not_json", True, 502, "before it was complete"),
    ("gemini", "not_json", True, 502, "before it was complete"),
    ("ollama", "empty_body", True, 502, "before it was complete"),
    ("kimi", "empty_body", True, 502, "before it was complete"),
    ("claude", "html_502", False, 502, "502 Bad Gateway"),
    ("dead", "", False, 503, 'provider "dead" does not answer at http://127.0.0.1:1: is it running?'),
    ("dead", "", True, 503, 'provider "dead" does not answer at http://127.0.0.1:1: is it running?'),
]


@pytest.mark.parametrize(("provider", "answer", "stream", "status", "says"), BEFORE_THE_ANSWER)
def test_a_provider_that_fails_before_its_first_word_is_a_failed_request(
    client: httpx.Client,
    simulator: Simulator,
    provider: str,
    answer: str | Answer,
    stream: bool,
    status: int,
    says: str,
):
    if answer:
        simulator.script(provider.removeprefix("hasty_"), *[answer] * 3)
    assert _failed(client.post(CHAT, json=_body(provider, stream=stream, max_tokens=50)), status, says)


AFTER_THE_FIRST_WORD = [
    ("hasty_openai", "hang_mid_stream", 2, "sent nothing in time"),
    ("hasty_kimi", "hang_mid_stream", 3, "nothing came for 5 s"),
    ("openai", "truncated", 1, "before it was complete"),
    ("claude", "truncated", 3, "before it was complete"),
    ("ollama", "truncated", 1, "before it was complete"),
    ("kimi", "truncated", 3, "before it was complete"),
    ("kimi", "cut", 3, "before it was complete"),
]


@pytest.mark.parametrize(("provider", "answer", "after", "says"), AFTER_THE_FIRST_WORD)
def test_a_stream_that_breaks_ends_with_an_error_and_never_with_a_stop(
    client: httpx.Client, simulator: Simulator, provider: str, answer: str, after: int, says: str
):
    script = {"name": answer, "after": after}
    httpx.post(
        f"{simulator.url}/_simulator/script",
        json={"provider": provider.removeprefix("hasty_"), "answers": [script] * 2},
    )

    response = client.post(CHAT, json=_body(provider, stream=True, max_tokens=50))

    assert response.status_code == 200
    assert '"error"' in response.text.splitlines()[-2]
    assert says in response.text
    assert "[DONE]" not in response.text
    assert '"finish_reason":"stop"' not in response.text


GARBAGE: dict[str, tuple[bytes, Then]] = {
    "reset at once": (b"", "reset"),
    "half-closed at once": (b"", "half-close"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "wait"),
    "bytes": (bytes(range(256)), "half-close"),
    "half a head": (HEAD[:30], "half-close"),
    "half-closed behind the head": (HEAD, "half-close"),
}


@pytest.mark.parametrize(("says", "then"), GARBAGE.values(), ids=GARBAGE)
def test_bytes_that_are_no_answer_are_a_failure_and_the_fallback_answers(
    client: httpx.Client, raw_upstream: RawUpstream, says: bytes, then: Then
):
    raw_upstream.plays(says, then)
    response = client.post(CHAT, json=_body("raw", stream=True, disable_fallbacks=False))
    assert response.status_code == 200, response.text
    assert "PONG" in response.text
    assert raw_upstream.asked > 0


@pytest.mark.parametrize("then", ["reset", "half-close"])
def test_a_connection_that_ends_behind_the_first_word_is_an_error_in_the_stream(
    client: httpx.Client, raw_upstream: RawUpstream, then: Then
):
    raw_upstream.plays(HEAD + WORD, then)
    response = client.post(CHAT, json=_body("raw", stream=True))
    assert "Well" in response.text
    assert '"error"' in response.text
    assert "[DONE]" not in response.text


def test_a_stream_that_breaks_is_a_failure_in_its_row(recorded: Recorded, simulator: Simulator):
    script = {"name": "truncated", "after": 3}
    httpx.post(f"{simulator.url}/_simulator/script", json={"provider": "claude", "answers": [script]})
    row = recorded.row_for(recorded.post(CHAT, _body("claude", stream=True)))
    assert (row["outcome"], row["status"], row["finish_reason"]) == ("failure", 200, None)


@pytest.mark.parametrize("said", [HEAD + WORD, b""], ids=["mid-stream", "before the first word"])
def test_a_client_that_leaves_frees_the_provider(client: httpx.Client, raw_upstream: RawUpstream, said: bytes):
    """The timeout is 180 s, so the proxy disconnects because the client has."""
    raw_upstream.plays(said, "wait")
    with contextlib.suppress(httpx.ReadTimeout):
        client.post(CHAT, json=_body("raw", stream=True), timeout=10)
    assert raw_upstream.was_left()
