"""Pings keep LiteLLM's streams open too: between events, never inside an event or after the last one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from custom_providers.engine.connection import timing
from custom_providers.engine.streaming import silence
from custom_providers.engine.streaming.exchange import Takeover

EVENT = b'data: {"a": 1}\n\n'
PATHS = {
    "/v1/chat/completions": silence.COMMENT,
    "/v1/messages": silence.EVENT,
    "/v1/responses": silence.COMMENT,
}


def _written(path: str, *bodies: bytes, kind: bytes = b"text/event-stream", status: int = 200) -> list[bytes]:
    """Returns the bytes to the client of an app that sends ``bodies``, with a long pause after each, and then ends."""
    written: list[bytes] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
        await asyncio.sleep(0.3)
        for body in bodies:
            await send({"type": "http.response.body", "body": body, "more_body": True})
            await asyncio.sleep(0.3)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        await asyncio.sleep(0.3)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            written.append(message["body"])

    async def receive() -> Any:
        raise AssertionError

    asyncio.run(Takeover(app)({"type": "http", "method": "POST", "path": path}, receive, send))
    return written


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "PING_AFTER", 0.02)


@pytest.mark.parametrize(("path", "ping"), PATHS.items())
def test_silence_before_and_between_events_brings_pings(path: str, ping: bytes):
    written = _written(path, EVENT, EVENT)

    assert written[0] == ping
    assert written[-1] == b""
    assert [body for body in written if body != ping] == [EVENT, EVENT, b""]
    between = written[written.index(EVENT) + 1 :]
    assert between[0] == ping


@pytest.mark.parametrize("path", PATHS)
def test_no_ping_comes_inside_an_event(path: str):
    written = _written(path, EVENT[:7], EVENT[7:])

    first = written.index(EVENT[:7])
    assert written[first + 1] == EVENT[7:]


@pytest.mark.parametrize(("kind", "status"), [(b"application/json", 200), (b"text/event-stream", 500)])
def test_what_is_no_stream_gets_none(kind: bytes, status: int):
    assert _written("/v1/messages", b"{", b"}", kind=kind, status=status) == [b"{", b"}", b""]
