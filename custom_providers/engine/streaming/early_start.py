"""Begins a streaming response after a while even if there is no answer yet.

LiteLLM begins a streaming response with the provider's first output. If a provider thinks for minutes, or attempts are
retried, the client receives nothing until then, and clients and intermediate proxies time out. So after a while the
headers and a ping are sent; a later failure becomes an error event.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from custom_providers.engine.clients.writer import event
from custom_providers.engine.connection import timing
from custom_providers.engine.streaming.exchange import ClientProtocol, protocol_of
from custom_providers.engine.streaming.silence import PINGS, Silence
from custom_providers.json_parts import parsed_object

_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache")]


class EarlyStart:
    """An ASGI app that can begin the streaming responses of another app before that app does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        protocol = protocol_of(scope)
        if protocol is None:
            await self._app(scope, receive, send)
            return
        beginning = _Beginning(protocol, send)
        _CURRENT.set(beginning)
        try:
            await self._app(scope, receive, beginning)
        finally:
            beginning.close()


def expect_stream() -> None:
    """Note that the current request is about to be sent to a provider and that its client expects a stream."""
    if (beginning := _CURRENT.get()) is not None:
        beginning.expect()


class _Beginning:
    """The ``send`` passed to the inner app."""

    def __init__(self, protocol: ClientProtocol, send: Send) -> None:
        self._protocol = protocol
        self._send = send
        self._waiting: asyncio.Task[None] | None = None
        self._silence: Silence | None = None
        self._begun = False
        self._failed: list[bytes] | None = None
        """The parts of an error response that must be sent as an event because the stream has begun."""

    def expect(self) -> None:
        self._waiting = self._waiting or asyncio.create_task(self._begin())

    def close(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        if self._silence is not None:
            self._silence.end()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.close()
            if self._begun:
                self._failed = None if message["status"] == 200 else []
                return
        elif self._failed is not None:
            self._failed.append(message.get("body", b""))
            if message.get("more_body"):
                return
            message = {"type": "http.response.body", "body": _error_event(self._protocol, b"".join(self._failed))}
        await self._send(message)

    async def _begin(self) -> None:
        await asyncio.sleep(timing.BEGIN_AFTER)
        self._begun = True
        await self._send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await self._write(PINGS[self._protocol])
        self._silence = Silence(self._write, PINGS[self._protocol])

    async def _write(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": True})


_CURRENT: ContextVar[_Beginning | None] = ContextVar("pointsman_beginning", default=None)


def _error_event(protocol: ClientProtocol, body: bytes) -> bytes:
    """An error response as an event in the client's protocol."""
    error = (parsed_object(body) or {}).get("error")
    if not isinstance(error, dict):
        error = {"message": body.decode("utf-8", "replace")[:600] or "the request failed", "type": "server_error"}
    if protocol == "chat":
        return b"data: " + orjson.dumps({"error": error}) + b"\n\n"
    if protocol == "messages":
        return event("error", {"type": "error", "error": error})
    code = str(error.get("type") or "server_error")
    return event("error", {"type": "error", "code": code, "message": str(error.get("message")), "param": None})
