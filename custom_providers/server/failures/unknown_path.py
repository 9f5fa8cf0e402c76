"""Answers a request to a path that does not exist with a sentence, where Starlette says ``{"detail":"Not Found"}``."""

from __future__ import annotations

from starlette.types import Message, Scope, Send

from custom_providers.server.gate import error_bodies
from custom_providers.server.gate.error_bodies import RefusedError
from custom_providers.server.gate.route_lookup import below_root

_STARLETTES = b'{"detail":"Not Found"}'
_BASES = "An OpenAI client's base URL ends with /v1; an Anthropic client's has no path"
"""The commonest cause is a base URL with one ``/v1`` too many or too few."""
_LONGEST_PATH = 200
"""Characters of the path in the message."""


class UnknownPath:
    """A ``send`` that replaces the body of Starlette's own 404."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._start: Message | None = None
        """The start of a 404, held until its body is known."""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 404:
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None and message.get("body") == _STARLETTES and not message.get("more_body"):
            body = self._body()
            headers = [header for header in start["headers"] if header[0].lower() != b"content-length"]
            start = {**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
            message = {**message, "body": body}
        if start is not None:
            await self._send(start)
        await self._send(message)

    def _body(self) -> bytes:
        path = below_root(self._scope)
        what = f"{self._scope['method']} {path[:_LONGEST_PATH]}"
        return error_bodies.body(path, RefusedError(404, f"{what} does not exist. {_BASES}"))
