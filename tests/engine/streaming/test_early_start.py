"""A stream starts early if its provider is slow; a later failure is reported inside the stream."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from custom_providers.engine.connection import timing
from custom_providers.engine.streaming import early_start
from custom_providers.engine.streaming.silence import PINGS

PATHS = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}
STREAM = [(b"content-type", b"text/event-stream")]
JSON = [(b"content-type", b"application/json")]
WORD = b'data: {"a": 1}\n\n'


def _sent(
    protocol: str, status: int, headers: list[Any], *bodies: bytes, wait: bool = True, expected: bool = True
) -> list[Any]:
    """Returns the messages to the client of an app that waits before it responds."""
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if expected:
            early_start.expect_stream()
        if wait:
            await asyncio.sleep(0.3)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for body in bodies:
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        await asyncio.sleep(0.1)

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError

    scope = {"type": "http", "method": "POST", "path": PATHS[protocol]}
    asyncio.run(early_start.EarlyStart(app)(scope, receive, send))
    return sent


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "BEGIN_AFTER", 0.02)
    monkeypatch.setattr(timing, "PING_AFTER", 0.05)


@pytest.mark.parametrize("protocol", PATHS)
def test_headers_and_pings_come_first_and_the_answer_follows(protocol: str):
    start, *rest = _sent(protocol, 200, STREAM, WORD)

    assert (start["status"], start["headers"][0][1]) == (200, b"text/event-stream; charset=utf-8")
    bodies = [message["body"] for message in rest]
    assert bodies[0] == PINGS[protocol]
    assert bodies.count(PINGS[protocol]) > 1
    assert bodies[-2:] == [WORD, b""]
    assert [message["type"] for message in rest] == ["http.response.body"] * len(rest)


@pytest.mark.parametrize("protocol", PATHS)
def test_an_error_that_comes_after_is_an_event(protocol: str):
    error = {"message": "the house is on fire", "type": "overloaded_error"}
    body = json.dumps({"type": "error", "error": error}).encode()

    *_, last = _sent(protocol, 503, JSON, body[:10], body[10:])

    event = json.loads(last["body"].partition(b"data: ")[2])
    assert not last.get("more_body")
    said = event if protocol == "responses" else event["error"]
    assert said["message"] == "the house is on fire"
    assert protocol == "chat" or event["type"] == "error"


@pytest.mark.parametrize("options", [{"wait": False}, {"expected": False}])
@pytest.mark.parametrize("status", [200, 503])
def test_an_answer_in_time_and_one_that_is_no_stream_are_what_they_are(status: int, options: dict[str, bool]):
    start, *rest = _sent("chat", status, JSON, b"{}", **options)

    assert (start["status"], start["headers"]) == (status, JSON)
    assert [message["body"] for message in rest] == [b"{}", b""]
