"""A client's request under way: the layer between the server and LiteLLM's app, where a stream's bytes go out.

LiteLLM answers a streaming request with a stream of its own, whose first piece is the sign that authentication,
limits, routing and the answer's headers are settled. From there the relay that the handler has left in ``CURRENT``
writes to the client. LiteLLM's stream waits meanwhile in its ``send``; when the relay is done it gets the whole rest
of the answer at once, and logs and bills it as ever. What it still sends is dropped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Literal, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from custom_providers.engine import silence
from custom_providers.engine.clients import reasoning_items
from custom_providers.engine.silence import Silence

ClientProtocol = Literal["chat", "messages", "responses"]

_PROTOCOLS: tuple[tuple[str, ClientProtocol], ...] = (
    ("/chat/completions", "chat"),
    ("/v1/chat", "chat"),
    ("/messages", "messages"),
    ("/responses", "responses"),
)

_PINGS = (b":", b"event: ping")
"""What LiteLLM may send while it waits for the beginning."""

Write = Callable[[bytes], Awaitable[None]]


class Relay(Protocol):
    """A stream that can write itself to its client."""

    def take(self, first: bytes) -> bool:
        """Take over from LiteLLM, which has begun with ``first``; False where that is no beginning of its kind."""

    async def run(self, write: Write) -> None:
        """Write the answer, or the error that ends it, in the client's protocol."""


class Closable(Protocol):
    """A stream of a provider."""

    async def aclose(self) -> None:
        """End the call to the provider; nothing happens where it has ended."""


class Exchange:
    """One request and its answer."""

    def __init__(self, protocol: ClientProtocol) -> None:
        self.protocol = protocol
        self.wire: str
        """LiteLLM's name for the provider of the attempt that the engine makes; empty where LiteLLM makes it."""
        self.request: Mapping[str, Any] = {}
        """The arguments of an attempt whose request goes out as the client wrote it."""
        self.mend: Callable[[bytes], bytes] | None
        """Puts a whole answer into the client's protocol, where LiteLLM's translation loses something."""
        self.relay: Relay | None
        """The stream of the attempt that LiteLLM answers with, once there is one."""
        self._streams: list[Closable] = []
        self.leave_to_litellm()

    def opened(self, stream: Closable) -> None:
        """Note a provider's stream, to be closed with the request whether anybody has read it or not."""
        self._streams.append(stream)

    async def close(self) -> None:
        """Close the streams: a client that leaves before the first word is read would leave its provider at work."""
        for stream in self._streams:
            # Whoever is reading it at this moment closes it.
            with suppress(RuntimeError):
                await stream.aclose()

    def leave_to_litellm(self) -> None:
        """Begin an attempt that LiteLLM makes, until the engine takes it."""
        self.wire, self.relay = "", None
        self.mend = reasoning_items.in_whole if self.protocol == "responses" else None


CURRENT: ContextVar[Exchange | None] = ContextVar("pointsman_exchange", default=None)
"""The exchange that the running code serves."""


def asked() -> Mapping[str, Any]:
    """The arguments of the running attempt whose request goes out as the client wrote it."""
    current = CURRENT.get()
    return current.request if current is not None else {}


class Takeover:
    """An ASGI app around another that lets a relay write the body of a streaming answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; only requests in one of the three protocols are changed."""
        protocol = protocol_of(scope)
        if protocol is None:
            await self._app(scope, receive, send)
            return
        exchange = Exchange(protocol)
        CURRENT.set(exchange)
        sender = _Sender(exchange, send)
        try:
            await self._app(scope, receive, sender)
        finally:
            sender.close()
            await exchange.close()


class _Sender:
    """LiteLLM's ``send``."""

    def __init__(self, exchange: Exchange, send: Send) -> None:
        self._exchange = exchange
        self._send = send
        self._stream = False
        """Whether this is a stream whose body has not begun."""
        self._taken = False
        self._start: Message | None = None
        """The beginning of a whole answer, which waits for the length of its body."""
        self._silence: Silence | None = None
        """Of a stream that LiteLLM writes."""

    def close(self) -> None:
        """Write nothing more."""
        if self._silence is not None:
            self._silence.end()
            self._silence = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._stream = message["status"] == 200 and _is_stream(message)
            if message["status"] == 200 and not self._stream and self._exchange.mend is not None:
                self._start = message
                return
        elif self._start is not None:
            start, self._start = self._start, None
            message = await self._mended(start, message)
        elif self._taken:
            if message.get("more_body"):
                return
            message = {**message, "body": b""}
        elif self._stream and (body := message.get("body")) and not body.startswith(_PINGS):
            self._stream = False
            relay = self._exchange.relay
            if relay is not None and relay.take(body):
                self._taken = True
                self.close()
                await relay.run(self._write)
                return
        await self._forward(message)

    async def _forward(self, message: Message) -> None:
        """Send what LiteLLM sends, and watch for silences of its stream."""
        if not message.get("more_body"):
            self.close()
        elif self._silence is not None:
            self._silence.wrote(message.get("body", b""))
            if self._exchange.protocol == "responses":
                message = {**message, "body": reasoning_items.in_events(message.get("body", b""))}
        await self._send(message)
        if message["type"] == "http.response.start" and self._stream:
            self._silence = Silence(self._write, silence.PINGS[self._exchange.protocol])

    async def _mended(self, start: Message, message: Message) -> Message:
        """Begin a whole answer, now that its length is known."""
        if not message.get("more_body") and (mend := self._exchange.mend) is not None:
            message = {**message, "body": mend(message["body"])}
            length = str(len(message["body"])).encode()
            headers = [(name, length if name == b"content-length" else value) for name, value in start["headers"]]
            start = {**start, "headers": headers}
        await self._send(start)
        return message

    async def _write(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": True})


def _is_stream(message: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in message["headers"])


def protocol_of(scope: Scope) -> ClientProtocol | None:
    """The protocol of a request that a model answers; None for every other."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    path = str(scope["path"])
    return next((protocol for end, protocol in _PROTOCOLS if path.endswith(end)), None)
