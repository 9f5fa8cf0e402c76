"""Replaces what HTTP does not allow in response headers, and hides base URLs.

LiteLLM copies a provider's headers, and some servers send control characters in them. uvicorn would close the
connection instead of sending an answer that has already been billed. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.types import Message, Send

_NOT_IN_A_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""https://www.rfc-editor.org/rfc/rfc9110#name-tokens"""

_HIDDEN = frozenset({b"x-litellm-model-api-base"})
"""The provider's base URL, which may be an internal host."""


class SendableHeaders:
    """A ``send`` that corrects the headers of a response."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        """Pass the message on."""
        if message["type"] == "http.response.start":
            message = {**message, "headers": sendable(message.get("headers", ()))}
        await self._send(message)


def sendable(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with ``?`` for each control character in a value, without hidden ones and invalid names."""
    return [
        (name, _NOT_IN_A_VALUE.sub(b"?", value.strip(b" \t")))
        for name, value in headers
        if _NAME.fullmatch(name) and name.lower() not in _HIDDEN
    ]
