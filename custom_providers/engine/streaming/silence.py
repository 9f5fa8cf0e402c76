"""Keeps a client's stream open while its provider sends nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from custom_providers.engine.connection import timing

COMMENT = b": ping\n\n"
"""A comment, which readers of server-sent events skip: for chat completions and responses."""
EVENT = b'event: ping\ndata: {"type": "ping"}\n\n'
"""Anthropic's ping event."""
PINGS = {"chat": COMMENT, "messages": EVENT, "responses": COMMENT}
"""The ping of each client protocol."""

_EVENT_ENDS = (b"\n\n", b"\r\n\r\n", b"\r\r")


class Silence:
    """Writes a ping after each period of silence, never inside an event."""

    def __init__(self, write: Callable[[bytes], Awaitable[None]], ping: bytes) -> None:
        """Start watching on the running loop; ``end`` stops it."""
        self._write = write
        self._ping = ping
        self._loop = asyncio.get_running_loop()
        self._wrote_at = self._loop.time()
        self._inside = False
        """Whether the last data written ended inside an event."""
        self._task = asyncio.create_task(self._watch())

    def wrote(self, data: bytes) -> None:
        """Note other data sent to the client."""
        if data:
            self._wrote_at = self._loop.time()
            self._inside = not data.endswith(_EVENT_ENDS)

    def end(self) -> None:
        """Stop sending pings."""
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            silent = self._loop.time() - self._wrote_at
            if silent >= timing.PING_AFTER:
                self._wrote_at, silent = self._loop.time(), 0.0
                if not self._inside:
                    await self._write(self._ping)
            await asyncio.sleep(timing.PING_AFTER - silent)
