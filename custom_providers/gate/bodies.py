"""Bodies that cannot be served are a 400 before LiteLLM reads them; a call's audit row says so, as of any refusal."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from custom_providers.gate import error_bodies
from custom_providers.gate.amounts import excess
from custom_providers.gate.arrival import replayed
from custom_providers.gate.error_bodies import RefusedError
from custom_providers.gate.routes import below_root
from custom_providers.routing.resolver import MAX_NAME

_FORMS = frozenset({b"multipart/form-data", b"application/x-www-form-urlencoded"})
_BINARY = frozenset({b"application/protobuf", b"application/x-protobuf"})
"""Content types of traces. LiteLLM takes every other body for JSON, and one of these if it is JSON."""


class Bodies:
    """An ASGI app around LiteLLM's, behind the gate, which hands over a body as one message."""

    def __init__(self, app: ASGIApp, most_messages: int) -> None:
        self._app = app
        self._most_messages = most_messages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it in its protocol."""
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
    """What is wrong with a body, for the client; None for one that can be served.

    Args:
        headers: the request's, their names in lower case. Of two equal ones the first counts, as in LiteLLM.
        body: all of it.
        most_messages: the most messages, and parts of messages, that it may hold.
    """
    written = next((value for name, value in headers if name == b"content-type"), b"")
    kind = written.partition(b";")[0].strip().lower()
    if not body or kind in _FORMS:
        return None
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # LiteLLM gives some of these a second try with a lenient parser. Where that fails too (bad UTF-8, 100,000
        # levels, 5,000 digits), it goes on with an empty body, and the client reads "no model".
        return None if kind in _BINARY else f"Invalid JSON payload: {error}"
    return _content_flaw(content, most_messages)


def _content_flaw(content: object, most_messages: int) -> str | None:
    if not isinstance(content, dict):
        return "the body has to be a JSON object"
    name = content.get("model")
    if isinstance(name, str) and len(name) > MAX_NAME:
        # LiteLLM quotes it where it refuses a key, and searches what it quotes for secrets.
        return f"this is not a model name: it has more than {MAX_NAME} characters"
    try:
        # orjson reads 1,024 levels of lists and objects and writes 254; LiteLLM's recursion fails somewhere between.
        # Nothing else finds out as fast.
        orjson.dumps(content)
    except TypeError as error:
        return f"the body cannot be sent on: {error}"
    return excess(content, most_messages)
