"""Receives a request body completely, within limits on size, time and memory, before any other code handles it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from starlette.types import Message, Receive, Send

from custom_providers.server.gate import error_bodies
from custom_providers.server.gate.bounds import Bounds
from custom_providers.server.gate.error_bodies import RefusedError

MOST_ARRIVING = 8
"""How many bodies of the maximum size may arrive at a worker concurrently; this limits their memory."""

_LINGER_SECONDS = 5
"""How long to keep reading a refused body: closing the connection immediately would lose the response."""


class Arrivals:
    """The bodies that one worker is receiving."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._arriving = 0
        """Bytes held for incomplete requests."""

    async def body(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes | None:
        """Receive the whole body; None when the client has disconnected.

        Raises:
            RefusedError: 413, 408 or 503.
        """
        self._require_bounded(_announced(headers))
        parts: list[bytes] = []
        size = 0
        try:
            loop = asyncio.get_running_loop()
            began = loop.time()
            while True:
                async with asyncio.timeout_at(began + self._bounds.body_seconds(size)):
                    message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                part = message.get("body", b"")
                size += len(part)
                self._arriving += len(part)
                self._require_bounded(size)
                parts.append(part)
                if not message.get("more_body"):
                    return b"".join(parts)
        except TimeoutError:
            seconds = self._bounds.arrival_seconds
            raise RefusedError(408, f"the body did not arrive in time: {seconds} s, and 1 s per kilobyte") from None
        finally:
            self._arriving -= size

    def _require_bounded(self, size: int) -> None:
        if size > self._bounds.body_bytes:
            raise RefusedError(
                413,
                f"the body is larger than {self._bounds.max_body_mb} MB, the limit of this proxy"
                " (max_body_mb under [gateway] in its registry)",
            )
        if self._arriving > MOST_ARRIVING * self._bounds.body_bytes:
            raise RefusedError(503, "too many large requests are arriving at once: try again later")


def replayed(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that delivers ``body`` to the next app as if it had just arrived."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


async def refuse(path: str, refused: RefusedError, receive: Receive, send: Send) -> None:
    """Send the error response, and discard for a moment what still arrives of the body."""
    content = error_bodies.body(path, refused)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": True})
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            while (await receive()).get("more_body"):
                pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _announced(headers: Mapping[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0
