"""Errors that clients get, in every protocol: the cause first, the status, and whether and when to retry."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator
from pointsman.simulator.answers import FAULTS, json_answer
from tests.faults.asking import PATHS
from tests.observability.audit.recorded import Recorded

pytestmark = pytest.mark.proxy

PROTOCOLS = ["/v1/chat/completions", "/v1/messages", "/v1/responses"]
MODELS = {
    "ollama": "ollama/qwen3.5:latest",
    "openai": "openai/gpt-4o-mini",
    "claude": "claude/claude-haiku-4-5",
    "gemini": "gemini/gemini-2.5-flash",
    "kimi": "kimi/kimi-for-coding",
}
NOT_THE_CAUSE = ("litellm", "Exception", "Error:", "Received Model Group", "object at 0x", "Traceback", "Retries")


def _asked(client: httpx.Client, path: str, model: str, *, stream: bool = False) -> httpx.Response:
    body: dict[str, Any] = {"model": model, **PATHS[path], "disable_fallbacks": True}
    return client.post(path, json=body | ({"stream": True} if stream else {}))


def _message(response: httpx.Response) -> str:
    message: str = response.json()["error"]["message"]
    assert not [words for words in NOT_THE_CAUSE if words in message], message
    return message


def _everywhere(*providers: str) -> list[tuple[str, str, bool]]:
    """Each provider in each protocol, with and without streaming."""
    return [(provider, path, stream) for provider in providers for path in PROTOCOLS for stream in (False, True)]


@pytest.mark.parametrize(("kind", "path", "stream"), _everywhere("openai", "anthropic", "ollama", "gemini"))
def test_a_refused_connection_is_a_503_at_once(recorded: Recorded, kind: str, path: str, stream: bool):
    with recorded.proxy.client() as client:
        response = _asked(client, path, f"gone_{kind}/any", stream=stream)

    assert response.status_code == 503, response.text
    start = f'provider "gone_{kind}" does not answer at http://127.0.0.1:1'
    assert _message(response).startswith(start)
    assert _message(response).endswith(": is it running?")
    assert response.headers["x-should-retry"] == "false"
    assert response.headers["x-pointsman-error"] == "connection_refused"
    row = recorded.row_for(response)
    assert (row["status"], row["retries"]) == (503, 0)
    assert row["error_message"].startswith(start)


@pytest.mark.parametrize(("provider", "path", "stream"), _everywhere(*MODELS))
def test_a_limit_that_passes_says_when(
    client: httpx.Client, simulator: Simulator, provider: str, path: str, stream: bool
):
    limited = json_answer(
        {"error": {"type": "rate_limit_reached_error", "message": "max RPM: 20"}},
        status=429,
        headers={"Retry-After": "42"},
    )
    simulator.script(provider, limited, limited)

    response = _asked(client, path, MODELS[provider], stream=stream)

    assert response.status_code == 429, response.text
    assert response.headers["retry-after"] == "42"
    assert response.headers["x-should-retry"] == "true"
    assert "max RPM: 20" in _message(response)


@pytest.mark.parametrize(("provider", "path", "stream"), _everywhere(*MODELS))
def test_a_refusal_is_not_asked_for_again_and_keeps_its_status(
    client: httpx.Client, simulator: Simulator, provider: str, path: str, stream: bool
):
    for status in (400, 409, 413, 422):
        refusal = json_answer(
            {"error": {"message": f"refused with {status}", "type": "invalid_request_error"}}, status=status
        )
        simulator.reset()
        simulator.script(provider, *[refusal] * 4)

        response = _asked(client, path, MODELS[provider], stream=stream)

        assert response.status_code == status, response.text
        assert len(simulator.attempts) == 1
        assert f"refused with {status}" in _message(response)
        assert response.headers["x-should-retry"] == "false"
        wanted = "request_too_large" if status == 413 and path == "/v1/messages" else "invalid_request_error"
        assert response.json()["error"]["type"] == wanted


@pytest.mark.parametrize("path", PROTOCOLS)
def test_the_platforms_refusals_name_the_provider_that_was_asked(client: httpx.Client, simulator: Simulator, path: str):
    simulator.script("moonshot", json_answer({"error": {"message": "no such field"}}, status=400))

    response = _asked(client, path, "patient_kimi/kimi-k2.6")

    words = "patient_kimi refused the request. patient_kimi said: no such field (HTTP 400)"
    assert (response.status_code, _message(response)) == (400, words)


@pytest.mark.parametrize("path", PROTOCOLS)
@pytest.mark.parametrize(("provider", "answer"), [("openai", "quota"), ("claude", "spend_limit"), ("gemini", "quota")])
def test_a_spent_quota_says_that_asking_again_is_no_use(
    client: httpx.Client, simulator: Simulator, provider: str, answer: str, path: str
):
    simulator.script(provider, answer, answer)

    response = _asked(client, path, MODELS[provider])

    assert response.status_code == 429, response.text
    assert response.headers["x-should-retry"] == "false"
    assert _message(response)


@pytest.mark.parametrize("path", PROTOCOLS)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("status", [502, 503, 529])
def test_a_providers_5xx_stays_what_it_is(
    client: httpx.Client, simulator: Simulator, status: int, path: str, stream: bool
):
    body = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    simulator.script("claude", *[json_answer(body, status=status)] * 2)

    response = _asked(client, path, MODELS["claude"], stream=stream)

    assert response.status_code == status, response.text
    assert "Overloaded" in _message(response)
    assert response.headers["x-should-retry"] == "true"
    if status == 529 and path == "/v1/messages":
        assert response.json()["error"]["type"] == "overloaded_error"


NO_PLAIN_SENTENCE = (*NOT_THE_CAUSE, "LiteLLM", "model group", "payload", "<", "\\", "socket")


@pytest.mark.parametrize("path", PROTOCOLS)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("provider", "answer", "says"),
    [
        ("gemini", "bad_request", 'Invalid JSON payload received. Unknown name "foo": Cannot find field.'),
        ("gemini", "no_key", "Method doesn't allow unregistered callers"),
        ("claude", "rate_limit", "This request would exceed your organization's rate limit of 4,000 requests"),
    ],
)
def test_a_providers_own_words_are_whole(
    client: httpx.Client, simulator: Simulator, provider: str, answer: str, says: str, path: str, stream: bool
):
    """LiteLLM quotes a streamed answer as the repr of its bytes."""
    simulator.script(provider, *[answer] * 2)
    message = _asked(client, path, MODELS[provider], stream=stream).json()["error"]["message"]

    assert says in message
    assert "\\" not in message


@pytest.mark.parametrize("path", PROTOCOLS)
@pytest.mark.parametrize("answer", ["cut", "truncated"])
@pytest.mark.parametrize(("provider", "after"), [("claude", 3), ("gemini", 1), ("openai", 1)])
def test_a_broken_stream_ends_with_a_plain_sentence(
    client: httpx.Client, simulator: Simulator, provider: str, after: int, answer: str, path: str
):
    simulator.script(provider, *[replace(FAULTS[answer], after=after)] * 2)
    text = _asked(client, path, MODELS[provider], stream=True).text

    (message, *_) = re.findall(r'"message": ?"([^"]{8,})"', text)
    assert not [words for words in NO_PLAIN_SENTENCE if words in message], message


OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


@pytest.mark.parametrize(
    ("provider", "model", "path", "body", "status"),
    [
        ("claude", MODELS["claude"], "/v1/messages", OVERLOADED, 529),
        ("claude", MODELS["claude"], "/v1/chat/completions", OVERLOADED, 529),
        ("claude", MODELS["claude"], "/v1/responses", OVERLOADED, 529),
        ("claude", MODELS["claude"], "/v1/messages", {"error": "Overloaded"}, 502),
        ("claude", MODELS["claude"], "/v1/messages", {"detail": "Overloaded"}, 502),
        ("opencode", "opencode/gpt-5.2", "/v1/messages", OVERLOADED, 529),
        ("opencode", "opencode/glm-5.3", "/v1/messages", OVERLOADED, 529),
        ("opencode", "opencode/glm-5.3", "/v1/chat/completions", {"error": "Overloaded"}, 502),
        ("ollama", MODELS["ollama"], "/v1/responses", {"error": "Overloaded"}, 502),
    ],
)
def test_an_error_with_status_200_is_an_error(
    recorded: Recorded, simulator: Simulator, provider: str, model: str, path: str, body: dict[str, Any], status: int
):
    simulator.script(provider, *[json_answer(body)] * 4)
    with recorded.proxy.client() as client:
        response = _asked(client, path, model)

    assert response.status_code == status, response.text
    assert "Overloaded" in _message(response)
    assert response.headers["x-pointsman-error"]
    row = recorded.row_for(response)
    assert (row["outcome"], row["status"]) == ("failure", status)


@pytest.mark.parametrize("path", PROTOCOLS)
@pytest.mark.parametrize(
    ("model", "says"), [("", "a name that is not empty"), ("openai/", "openai/"), ("a b\n", "not a model name")]
)
def test_a_refusal_of_the_proxy_is_one_sentence(client: httpx.Client, path: str, model: str, says: str):
    response = _asked(client, path, model)
    assert response.status_code == 400
    assert says in _message(response)
