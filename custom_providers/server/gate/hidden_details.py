"""Removes URLs, locations and e-mail addresses from model and user information for non-administrators."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.types import Message, Send

PATHS = frozenset({"/model/info", "/v1/model/info", "/v2/model/info", "/user/filter/ui"})
"""Routes on which LiteLLM returns complete records to every key."""

_HIDDEN = re.compile(r"(^|_)(base|url|host|endpoint|email|project|location|region|headers)$|^(created|updated)_by$")
"""Names of fields that reveal base URLs, locations of deployments, and their creators."""
_E_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_HEADERS_OF_THE_BODY = frozenset({b"content-length", b"content-encoding"})


class Narrowed:
    """A ``send`` that buffers a response until it is complete, and then filters it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._parts.append(message.get("body", b""))
        if message.get("more_body"):
            return
        body = _narrowed(b"".join(self._parts))
        headers = [header for header in self._start["headers"] if header[0].lower() not in _HEADERS_OF_THE_BODY]
        length = (b"content-length", str(len(body)).encode())
        await self._send({**self._start, "headers": [*headers, length]})
        await self._send({"type": "http.response.body", "body": body})


def _narrowed(body: bytes) -> bytes:
    """The JSON without hidden fields; a body that is not JSON is replaced by an empty object."""
    try:
        return orjson.dumps(_shown(orjson.loads(body)))
    except orjson.JSONDecodeError:
        return b"{}"


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _shown(inner) for name, inner in value.items() if not _HIDDEN.search(name)}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, str) and _E_MAIL.fullmatch(value):
        return None
    return value
