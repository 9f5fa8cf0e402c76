"""Refuses bodies that cannot be served with a 400 before LiteLLM reads them; the audit row records the refusal."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from custom_providers.routing.resolver import MAX_NAME, NO_NAME
from custom_providers.server.gate import error_bodies
from custom_providers.server.gate.amounts import excess
from custom_providers.server.gate.arrival import replayed
from custom_providers.server.gate.error_bodies import RefusedError
from custom_providers.server.gate.route_lookup import CURRENT, below_root

_FORMS = frozenset({b"multipart/form-data", b"application/x-www-form-urlencoded"})
_BINARY = frozenset({b"application/protobuf", b"application/x-protobuf"})
"""Content types of traces, whose routes are not on the list. LiteLLM parses every other body as JSON, and these too if
they hold JSON; 1.110 decompresses them first."""


class Bodies:
    """An ASGI app around LiteLLM's, inside the gate, which receives each body as one message."""

    def __init__(self, app: ASGIApp, most_messages: int) -> None:
        self._app = app
        self._most_messages = most_messages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it with an error in the client's protocol."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = (await receive()).get("body", b"")
        problem = flaw(scope["headers"], body, self._most_messages)
        if problem is None:
            await self._app(scope, replayed(body, receive), send)
            return
        content = error_bodies.body(below_root(scope), RefusedError(400, problem))
        await Response(content, 400, media_type="application/json")(scope, receive, send)


def flaw(headers: Iterable[tuple[bytes, bytes]], body: bytes, most_messages: int) -> str | None:
    """Return the error message for a body that cannot be served, or None.

    Args:
        headers: the request's, with lower-case names. The first of two equal names counts, as in LiteLLM.
        body: the complete body.
        most_messages: the most messages and parts of messages.
    """
    written = next((value for name, value in headers if name == b"content-type"), b"")
    kind = written.partition(b";")[0].strip().lower()
    if not body or kind in _FORMS:
        return None
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # LiteLLM retries some of these with a lenient parser. Where that fails too (bad UTF-8, 100,000 levels, 5,000
        # digits), it continues with an empty body, and the client gets a "no model" error.
        return None if kind in _BINARY and CURRENT.get() is None else f"Invalid JSON payload: {error}"
    return _content_flaw(content, most_messages)


def _content_flaw(content: object, most_messages: int) -> str | None:
    if not isinstance(content, dict):
        return "the body must be a JSON object"
    name = content.get("model")
    listed = CURRENT.get()
    if listed is not None and listed.names_models and not isinstance(name, str | None):
        return NO_NAME
    if isinstance(name, str) and len(name) > MAX_NAME:
        # LiteLLM quotes the name when it refuses a key, and searches the quoted text for secrets.
        return f"this is not a model name: it has more than {MAX_NAME} characters"
    try:
        # orjson reads 1,024 levels of nesting but writes only 254; LiteLLM's recursion fails somewhere between. This is
        # the fastest check.
        orjson.dumps(content)
    except TypeError as error:
        return f"the body cannot be sent on: {error}"
    return excess(content, most_messages)
