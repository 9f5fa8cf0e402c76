"""Lets the engine write a stream directly to the client, in a layer between the server and LiteLLM's app.

LiteLLM answers a streaming request with its own stream. Its first chunk shows that authentication, limits, routing and
the response headers are done. From then on the relay that the handler has set in ``CURRENT`` writes to the client.
Meanwhile LiteLLM's stream waits in ``send``; when the relay is done, LiteLLM receives the rest of the answer in one
piece, and logs and bills it as usual. Whatever LiteLLM still sends is dropped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Literal, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from custom_providers.engine.clients import reasoning_items, whole_answers
from custom_providers.engine.clients.translated_events import TranslatedEvents
from custom_providers.engine.streaming import silence
from custom_providers.engine.streaming.silence import Silence

ClientProtocol = Literal["chat", "messages", "responses"]

_PROTOCOLS: tuple[tuple[str, ClientProtocol], ...] = (
    ("/chat/completions", "chat"),
    ("/v1/chat", "chat"),
    ("/messages", "messages"),
    ("/responses", "responses"),
)

_MENDS: Mapping[ClientProtocol, Callable[[bytes], bytes]] = {
    "chat": whole_answers.of_chat,
    "messages": whole_answers.of_messages,
    "responses": reasoning_items.in_whole,
}
"""What whole answers need that LiteLLM translates."""

_PINGS = (b":", b"event: ping")
"""What LiteLLM may send before the stream begins."""

_ERROR = b'data: {"error"'
_DONE = b"data: [DONE]"

Write = Callable[[bytes], Awaitable[None]]


class Relay(Protocol):
    """A stream that writes itself to its client."""

    def take(self, first: bytes) -> bool:
        """Take over from LiteLLM, which has sent ``first``; False if that is not the expected first event."""

    async def run(self, write: Write) -> None:
        """Write the answer, or the error that ends it, in the client's protocol."""


class Closable(Protocol):
    """A provider's stream."""

    async def aclose(self) -> None:
        """End the call to the provider; does nothing if it has already ended."""


class Exchange:
    """One request and its response."""

    def __init__(self, protocol: ClientProtocol) -> None:
        self.protocol = protocol
        self.wire: str
        """LiteLLM's name for the provider of the engine's attempt; empty if LiteLLM makes the attempt."""
        self.request: Mapping[str, Any] = {}
        """The arguments of an attempt that sends the client's request unchanged."""
        self.mend: Callable[[bytes], bytes]
        """Restores parts of a whole response that LiteLLM's translation loses."""
        self.relay: Relay | None
        """The stream of the attempt that LiteLLM responds with, once it exists."""
        self.is_translated = False
        """Whether LiteLLM makes a Responses attempt through another API."""
        self._streams: list[Closable] = []
        self.leave_to_litellm()

    def opened(self, stream: Closable) -> None:
        """Register a provider's stream, to be closed at the end of the request even if it was never read."""
        self._streams.append(stream)

    async def close(self) -> None:
        """Close the streams: a client that disconnects before the first delta must not leave its provider at work."""
        for stream in self._streams:
            # A stream that is being read right now is closed by its reader.
            with suppress(RuntimeError):
                await stream.aclose()

    def leave_to_litellm(self) -> None:
        """Reset to an attempt that LiteLLM makes, until the engine takes it."""
        self.wire, self.relay = "", None
        self.mend = _MENDS[self.protocol]


CURRENT: ContextVar[Exchange | None] = ContextVar("pointsman_exchange", default=None)
"""The exchange of the current request."""


def asked() -> Mapping[str, Any]:
    """The arguments of the current attempt if it sends the client's request unchanged, else an empty mapping."""
    current = CURRENT.get()
    return current.request if current is not None else {}


class Takeover:
    """An ASGI app that lets a relay write the body of another app's streaming response."""

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
    """The ``send`` passed to LiteLLM."""

    def __init__(self, exchange: Exchange, send: Send) -> None:
        self._exchange = exchange
        self._send = send
        self._stream = False
        """Whether this is a stream whose body has not begun."""
        self._taken = False
        self._start: Message | None = None
        """The start of a whole response, held until the length of its body is known."""
        self._silence: Silence | None = None
        """Sends pings during a stream that LiteLLM writes."""
        self._events = TranslatedEvents()
        self._failed = False
        """Whether a chat stream that LiteLLM writes has ended with an error."""

    def close(self) -> None:
        """Stop sending pings."""
        if self._silence is not None:
            self._silence.end()
            self._silence = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._stream = message["status"] == 200 and _is_stream(message)
            if message["status"] == 200 and not self._stream:
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
        """Send LiteLLM's message, and watch its stream for silence."""
        if not message.get("more_body"):
            self.close()
        elif self._silence is not None:
            self._silence.wrote(message.get("body", b""))
            if self._exchange.protocol == "chat":
                message = {**message, "body": self._without_done(message.get("body", b""))}
            if self._exchange.protocol == "responses":
                message = {**message, "body": self._events.completed(message.get("body", b""))}
        await self._send(message)
        if message["type"] == "http.response.start" and self._stream:
            self._events.holds = self._exchange.is_translated
            self._silence = Silence(self._write, silence.PINGS[self._exchange.protocol])

    def _without_done(self, body: bytes) -> bytes:
        """Nothing for the ``[DONE]`` that LiteLLM 1.110 sends after an error; the stream is not complete."""
        self._failed = self._failed or body.startswith(_ERROR)
        return b"" if self._failed and body.startswith(_DONE) else body

    async def _mended(self, start: Message, message: Message) -> Message:
        """Start a whole response, now that its length is known."""
        if not message.get("more_body"):
            message = {**message, "body": self._exchange.mend(message.get("body", b""))}
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
    """The client protocol of a request to a model; None for any other request."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    path = str(scope["path"])
    return next((protocol for end, protocol in _PROTOCOLS if path.endswith(end)), None)
