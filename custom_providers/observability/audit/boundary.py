"""The layer around LiteLLM's app in which a client call begins and its answer ends."""

from __future__ import annotations

import anyio
from litellm.proxy.auth.route_checks import RouteChecks  # noqa: TID253 -- LiteLLM imports this module
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from custom_providers.observability.audit.call import CURRENT, CurrentCall
from custom_providers.observability.audit.recorder import Recorder
from custom_providers.server.gate.route_lookup import below_root

_OURS = "/v1/chat"
"""An older path for chat completions; see ``server.endpoints.legacy_routes``."""


class Boundary:
    """An ASGI app around another that opens a ``CurrentCall`` for every request to a model."""

    def __init__(self, app: ASGIApp, recorder: Recorder) -> None:
        self._app = app
        self._recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request; everything but calls to models passes through unchanged."""
        if scope["type"] != "http" or scope["method"] != "POST" or not _is_a_call(scope):
            await self._app(scope, receive, send)
            return
        call = CurrentCall(below_root(scope))
        exchange = _Exchange(call, self._recorder, receive, send)
        CURRENT.set(call)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            exchange.over()


class _Exchange:
    """One request and its answer, watched."""

    def __init__(self, call: CurrentCall, recorder: Recorder, receive: Receive, send: Send) -> None:
        self._call = call
        self._recorder = recorder
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" and self._call.duration is None:
            self._call.disconnected = True
        return message

    async def send(self, message: Message) -> None:
        call = self._call
        if message["type"] == "http.response.start":
            headers = dict(message["headers"])
            call.status = message["status"]
            call.call_id = headers.get(b"x-litellm-call-id", b"").decode("latin-1") or call.call_id
            call.streamed = headers.get(b"content-type", b"").startswith(b"text/event-stream")
        elif message["type"] == "http.response.body" and call.duration is None:
            if call.first_byte is None and message.get("body"):
                call.first_byte = call.elapsed()
            if not message.get("more_body"):
                await self._answered()
        await self._send(message)

    def over(self) -> None:
        """The app has returned; a stream that the client left, or that broke, has no last message."""
        if self._call.duration is None:
            self._call.duration = self._call.elapsed()
            self._recorder.ended(self._call)

    async def _answered(self) -> None:
        if not self._call.streamed:
            # LiteLLM completes its answer even if the client has left long before.
            with anyio.CancelScope() as scope:
                scope.cancel()
                await self.receive()
        self.over()


def _is_a_call(scope: Scope) -> bool:
    path = below_root(scope)
    return path == _OURS or RouteChecks.is_llm_api_route(path)
