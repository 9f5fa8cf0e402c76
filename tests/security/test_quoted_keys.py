"""A key that a provider quotes reaches no client, log, row or database, in whatever form it is quoted."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

import pytest

from pointsman.simulator import Answer, Simulator
from tests.database.asking import manage
from tests.database.environment import query
from tests.observability.audit.cluster import Cluster
from tests.observability.audit.recorded import Recorded
from tests.patience import eventually
from tests.running import Proxy
from tests.security.keys import EVERYTHING
from tests.security.test_upstreams import PROVIDERS

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": PONG},
    "/v1/messages": {"messages": PONG},
    "/v1/responses": {"input": "Reply PONG"},
}
ENCODINGS: dict[str, Callable[[str], str]] = {
    "itself": str,
    "base64": lambda key: base64.b64encode(f"Authorization: Bearer {key}\r\n".encode()).decode(),
    "Basic": lambda key: base64.b64encode(f"user:{key}".encode()).decode(),
    "URL": lambda key: quote(f"https://example.com/?key={key}&a=b", safe=""),
    "JSON": lambda key: json.dumps(json.dumps({"authorization": f"Bearer {key}"})),
}
JSON = {"Content-Type": "application/json"}


def _error(said: str) -> Answer:
    error = {"type": "error", "error": {"message": said, "type": "authentication_error", "code": 401}}
    return Answer(status=401, headers=JSON, body=json.dumps(error).encode())


def _header(said: str) -> Answer:
    header = "".join(each for each in said if each.isalnum() or each in "-._:+/=% ")
    return Answer(status=500, headers={**JSON, "X-Debug": header, "X-Request-Id": header}, body=b"{}")


def _whole(said: str, **headers: str) -> Answer:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
    answer = {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": said}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1, "prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        "candidates": [{"content": {"role": "model", "parts": [{"text": said}]}, "finishReason": "STOP", "index": 0}],
    }
    return Answer(headers={**JSON, **headers}, body=json.dumps(answer).encode())


def _stream(provider: str, pieces: Iterable[str], *, cut: bool = False) -> Answer:
    write = {"claude": _message, "gemini": _candidate}.get(provider, _chunk)
    end = {"claude": _MESSAGE_END, "gemini": b""}.get(provider, b"data: [DONE]\n\n")
    start = _MESSAGE_START if provider == "claude" else b""
    data = start + b"".join(b"data: " + json.dumps(write(piece)).encode() + b"\n\n" for piece in pieces)
    data += b"" if provider == "claude" else b"data: " + json.dumps(write("", ends=True)).encode() + b"\n\n"
    data += end
    parts = tuple(data[first : first + 50] for first in range(0, len(data), 50)) if cut else (data,)
    return Answer(headers={"Content-Type": "text/event-stream"}, stream=parts)


_MESSAGE_START = (
    b'event: message_start\ndata: {"type": "message_start", "message": {"id": "x", "type": "message", "role":'
    b' "assistant", "model": "m", "content": [], "usage": {"input_tokens": 1, "output_tokens": 1}}}\n\n'
    b'event: content_block_start\ndata: {"type": "content_block_start", "index": 0, "content_block":'
    b' {"type": "text", "text": ""}}\n\n'
)
_MESSAGE_END = (
    b'event: content_block_stop\ndata: {"type": "content_block_stop", "index": 0}\n\n'
    b'event: message_delta\ndata: {"type": "message_delta", "delta": {"stop_reason": "end_turn"},'
    b' "usage": {"output_tokens": 1}}\n\nevent: message_stop\ndata: {"type": "message_stop"}\n\n'
)


def _chunk(text: str, *, ends: bool = False) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": "stop" if ends else None}
    return {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def _message(text: str, *, ends: bool = False) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}


def _candidate(text: str, *, ends: bool = False) -> dict[str, Any]:
    content = {"role": "model", "parts": [{"text": text}]}
    return {"candidates": [{"content": content, "index": 0, **({"finishReason": "STOP"} if ends else {})}]}


@pytest.mark.parametrize(
    ("provider", "path"),
    [
        *((provider, path) for provider in ("openai", "claude") for path in BODIES),
        *((provider, "/v1/chat/completions") for provider in ("gemini", "openrouter", "moonshot")),
    ],
)
def test_a_quoted_key_goes_no_further(attacked: Recorded, simulator: Simulator, provider: str, path: str):
    key = simulator.environ()[PROVIDERS[provider][1]]
    answers = list(_answers(provider, key))
    before = len(attacked.rows())
    for stream, answer in answers:
        simulator.script(provider, *[answer] * 4)
        response = _ask(attacked.proxy, PROVIDERS[provider][0], path, stream=stream)
        assert simulator.attempts
        simulator.reset()

        _require_clean(key, response.text, str(response.headers.raw), _joined(response.text))
    eventually(lambda: len(attacked.rows()) >= before + len(answers))
    _require_clean(key, attacked.proxy.log(), json.dumps(attacked.rows()))


def _answers(provider: str, key: str) -> Iterable[tuple[bool, Answer]]:
    """Answers that quote ``key``, and whether each is an answer to a streaming request."""
    for name, encode in ENCODINGS.items():
        said = f"Incorrect API key provided: {encode(key)}"
        yield False, _error(said)
        yield True, _stream(provider, [said])
        if name in {"itself", "Basic"}:
            yield True, _error(said)
            yield False, _header(said)
            yield False, _whole(said)
            yield True, _stream(provider, [said], cut=True)
    yield False, _whole("PONG", **{"X-Request-Id": key, "Request-Id": key, "X-Debug": key})
    for size in (4, 10):
        said = f"Incorrect API key provided: {key}, sorry"
        yield True, _stream(provider, [said[first : first + size] for first in range(0, len(said), size)])


def _ask(proxy: Proxy, model: str, path: str, **fields: Any) -> Any:
    with proxy.client(EVERYTHING) as client:
        body = {"model": model, "max_tokens": 64, "num_retries": 0, "fallbacks": [], **BODIES[path], **fields}
        if path == "/v1/responses":
            del body["max_tokens"]
        return client.post(path, json=body)


def _joined(text: str) -> str:
    """The text of a stream as a client joins it."""
    return "".join(re.findall(r'"(?:content|text|delta)": ?"([^"]*)"', text))


def _require_clean(key: str, *seen: str) -> None:
    """Requires that no form of ``key`` is in ``seen``, nor its last half; a client may get its first few characters."""
    encoded = {encode(key[: len(key) // 3 * 3]) for name, encode in ENCODINGS.items() if name == "itself"}
    encoded |= {base64.b64encode(key[offset:][:30].encode()).decode() for offset in range(6, 9)}
    for text in seen:
        found = [form for form in (*encoded, key[-len(key) // 2 :]) if form in text]
        assert not found, text[:3000]


def test_nor_into_litellms_database(by_virtual_keys: Recorded, simulator: Simulator, postgres: Cluster):
    """Also for a model that was added in the admin UI, whose key is not in the environment."""
    added = "sk-canary-added-in-the-ui-7Hq2mZp9Lx"
    params = {"model": "openai/gpt-4o-mini", "api_base": simulator.environ()["OPENAI_BASE_URL"], "api_key": added}
    manage(by_virtual_keys.proxy, "/model/new", model_name="house-model", litellm_params=params, model_info={})
    keys = {"house-model": added, "openai/gpt-4o-mini": simulator.environ()["OPENAI_API_KEY"]}

    for model, key in keys.items():
        for stream, answer in _answers("openai", key):
            simulator.script("openai", *[answer] * 4)
            response = _ask(by_virtual_keys.proxy, model, "/v1/chat/completions", stream=stream)
            assert simulator.attempts
            simulator.reset()
            _require_clean(key, response.text, str(response.headers.raw), _joined(response.text))

    logged = eventually(lambda: _spend_logs(postgres), otherwise=lambda: "no spend logs")
    for key in keys.values():
        _require_clean(key, logged, by_virtual_keys.proxy.log(), json.dumps(by_virtual_keys.rows()))


def _spend_logs(postgres: Cluster) -> str:
    """What LiteLLM has stored of all calls once a call to each model is there; else an empty text."""
    url = postgres.url.replace("/postgres?", "/attacked?")
    rows = [
        str(row)
        for table in ("SpendLogs", "ErrorLogs")
        for row in query(url, f'SELECT t::text FROM "LiteLLM_{table}" t')
    ]
    return "\n".join(rows) if all(any(name in row for row in rows) for name in ("house-model", "gpt-4o-mini")) else ""
