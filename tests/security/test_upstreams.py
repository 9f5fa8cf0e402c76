"""A provider that redirects, floods or echoes its key neither harms the worker nor exposes the key."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest

from pointsman.simulator import Answer, Simulator
from tests.observability.audit.recorded import Recorded
from tests.running import MASTER_KEY
from tests.security.keys import EVERYTHING
from tests.security.memory import cpu_seconds, resident_mb
from tests.security.target import Target

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
PROVIDERS = {
    "openai": ("openai/gpt-4o-mini", "OPENAI_API_KEY"),
    "claude": ("claude/claude-haiku-4-5", "ANTHROPIC_API_KEY"),
    "gemini": ("gemini/gemini-2.5-flash", "GEMINI_API_KEY"),
    "ollama": ("ollama/qwen3.5:latest", ""),
    "openrouter": ("openrouter/openai/gpt-oss-120b:free", "OPENROUTER_API_KEY"),
    "moonshot": ("moonshot/kimi-k2.6", "MOONSHOT_API_KEY"),
}
PATHS = ["/v1/chat/completions", "/v1/messages"]


def _ask(attacked: Recorded, model: str, path: str = PATHS[0], **fields: Any) -> httpx.Response:
    with attacked.proxy.client(EVERYTHING) as client:
        body = {"model": model, "messages": PONG, "max_tokens": 64, "num_retries": 0, "fallbacks": [], **fields}
        return client.post(path, json=body)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_redirect_is_not_followed(
    attacked: Recorded, target: Target, simulator: Simulator, provider: str, status: int, stream: bool, path: str
):
    elsewhere = Answer(status=status, headers={"Location": f"{target.url}/v1/steal"})
    simulator.script(provider, *[elsewhere] * 4)

    response = _ask(attacked, PROVIDERS[provider][0], path, stream=stream)

    assert simulator.attempts
    assert target.arrivals == []
    assert response.status_code >= 400 or '"error"' in response.text
    assert target.url not in response.text


@pytest.mark.parametrize("claimed", ["200", "no number"])
def test_a_provider_cannot_set_the_status_that_the_client_gets(attacked: Recorded, simulator: Simulator, claimed: str):
    headers = {"X-Pointsman-Upstream-Status": claimed}
    refusal = Answer(status=403, headers=headers, body=b'{"error": {"message": "no"}}')
    simulator.script("openai", refusal)

    assert _ask(attacked, PROVIDERS["openai"][0]).status_code == 403


def test_the_client_is_told_of_the_redirect(attacked: Recorded, target: Target, simulator: Simulator):
    simulator.script("openai", *[Answer(status=307, headers={"Location": target.url})] * 4)

    response = _ask(attacked, PROVIDERS["openai"][0])

    assert "answers with a redirect (HTTP 307), which is not followed" in response.json()["error"]["message"]


BY_THE_ENGINE = [("claude", PATHS[1]), ("ollama", PATHS[0]), ("ollama", PATHS[1]), ("moonshot", PATHS[0])]
"""Streams that the engine serves, and not LiteLLM."""


@pytest.mark.parametrize(("provider", "path"), BY_THE_ENGINE)
def test_and_in_a_stream_too(attacked: Recorded, target: Target, simulator: Simulator, provider: str, path: str):
    simulator.script(provider, *[Answer(status=307, headers={"Location": target.url})] * 4)

    response = _ask(attacked, PROVIDERS[provider][0], path, stream=True)

    assert response.status_code == 502, response.text
    assert "answers with a redirect (HTTP 307), which is not followed" in response.json()["error"]["message"]


@pytest.mark.parametrize("status", [201, 204, 304, 600, 999])
@pytest.mark.parametrize(("provider", "path"), BY_THE_ENGINE)
def test_a_status_that_is_not_an_errors_is_the_providers_failure(
    attacked: Recorded, simulator: Simulator, provider: str, path: str, status: int
):
    """The client would get no answer at all for 999, and 404 or 400, as for a wrong request, for 204."""
    simulator.script(provider, *[Answer(status=status)] * 4)

    response = _ask(attacked, PROVIDERS[provider][0], path, stream=True)

    assert response.status_code == 502, response.text


BOMB = gzip.compress(b" " * 400_000_000, 1)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_compressed_answer_does_not_fill_the_memory(
    attacked: Recorded, simulator: Simulator, provider: str, status: int, stream: bool
):
    bomb = Answer(status=status, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}, body=BOMB)
    simulator.script(provider, *[bomb] * 4)
    before = resident_mb(attacked.proxy.process.pid)

    _ask(attacked, PROVIDERS[provider][0], stream=stream)

    assert simulator.attempts
    assert resident_mb(attacked.proxy.process.pid) - before < 400


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----" * 200_000,
        "eyJaaaaaaaaaaa-" * 300_000,
        "private_key=" * 300_000,
        '{"type":' * 400_000,
    ],
    ids=["PEM", "JWT", "private_key", "service account"],
)
@pytest.mark.parametrize("provider", ["openai", "claude", "moonshot"])
def test_an_error_of_megabytes_stops_no_worker(attacked: Recorded, simulator: Simulator, provider: str, text: str):
    error = {"error": {"message": text, "type": "invalid_request_error"}}
    answer = Answer(status=400, headers={"Content-Type": "application/json"}, body=json.dumps(error).encode())
    simulator.script(provider, *[answer] * 4)
    spent = cpu_seconds(attacked.proxy.process.pid)

    response = _ask(attacked, PROVIDERS[provider][0])

    assert simulator.attempts
    assert response.status_code >= 400
    assert cpu_seconds(attacked.proxy.process.pid) - spent < 10
    assert len(response.content) < 500_000


@pytest.mark.parametrize("key", [EVERYTHING, "sk-nobody", "sk-of-one-model-only"])
@pytest.mark.parametrize(
    "name",
    ["-----BEGIN PRIVATE KEY-----" * 800, "-----BEGIN" * 800_000, "private_key=-----BEGIN PRIVATE KEY-----" * 400],
    ids=["PEM", "8 MB", "assigned"],
)
@pytest.mark.parametrize("path", [*PATHS, "/v1/responses", "/v1/embeddings"])
def test_a_name_that_redaction_would_take_long_for_is_refused_at_once(
    attacked: Recorded, path: str, name: str, key: str
):
    """Redaction would take minutes: its time grows with the cube of the length, and 5 kB took 3 to 7 s."""
    spent = cpu_seconds(attacked.proxy.process.pid)
    with attacked.proxy.client(key) as client:
        response = client.post(path, json={"model": name, "messages": PONG, "input": "x", "max_tokens": 64})

    assert response.status_code in {400, 401}, response.text[:300]
    assert cpu_seconds(attacked.proxy.process.pid) - spent < 30


QUOTING = ["error", "header", "answer", "stream", "cut in two"]


@pytest.mark.parametrize("form", QUOTING)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("provider", [name for name, (_, variable) in PROVIDERS.items() if variable])
def test_a_key_that_a_provider_quotes_goes_no_further(
    attacked: Recorded, simulator: Simulator, provider: str, path: str, form: str
):
    model, variable = PROVIDERS[provider]
    key = simulator.environ()[variable]
    simulator.script(provider, *[_quoting(form, key)] * 4)

    responses: list[httpx.Response] = []
    row = attacked.row_of(
        lambda: responses.append(_ask(attacked, model, path, stream=form in {"stream", "cut in two"}))
    )

    assert simulator.attempts
    assert key not in responses[0].text
    assert key not in str(responses[0].headers)
    assert key not in json.dumps(row)
    assert key not in attacked.proxy.log()


def _quoting(form: str, key: str) -> Answer:
    headers = {"Content-Type": "application/json"}
    said = f"Incorrect API key provided: {key}"
    if form == "error":
        error = {"type": "error", "error": {"message": said, "type": "authentication_error", "code": 401}}
        return Answer(status=401, headers=headers, body=json.dumps(error).encode())
    if form == "header":
        return Answer(status=500, headers={**headers, "X-Debug": said, "X-Request-Id": key}, body=b"{}")
    if form == "answer":
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
        chat = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        return Answer(headers=headers, body=json.dumps({**chat, "content": [{"type": "text", "text": said}]}).encode())
    delta = {"index": 0, "delta": {"role": "assistant", "content": said}, "finish_reason": "stop"}
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [delta]}
    event = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode()
    middle = event.index(key.encode()) + len(key) // 2
    pieces = (event[:middle], event[middle:]) if form == "cut in two" else (event,)
    return Answer(headers={"Content-Type": "text/event-stream"}, stream=pieces, chunk_delay=0.05)


def test_the_master_key_is_one_of_them(attacked: Recorded, simulator: Simulator):
    simulator.script("openai", *[_quoting("error", MASTER_KEY)] * 4)

    assert MASTER_KEY not in _ask(attacked, PROVIDERS["openai"][0]).text
