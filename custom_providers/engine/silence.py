"""Keeps a client's stream open while its provider says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from custom_providers.engine import timing

COMMENT = b": ping\n\n"
"""What readers of server-sent events skip: chat completions and responses."""
EVENT = b'event: ping\ndata: {"type": "ping"}\n\n'
"""Anthropic's own."""
PINGS = {"chat": COMMENT, "messages": EVENT, "responses": COMMENT}
"""By the client's protocol."""

_EVENT_ENDS = (b"\n\n", b"\r\n\r\n", b"\r\r")


class Silence:
    """Writes a ping whenever nothing has been written for long, never inside an event."""

    def __init__(self, write: Callable[[bytes], Awaitable[None]], ping: bytes) -> None:
        """Begin to watch, on the running loop; ``end`` ends it."""
        self._write = write
        self._ping = ping
        self._loop = asyncio.get_running_loop()
        self._wrote_at = self._loop.time()
        self._inside = False
        """Whether what was written last is only the beginning of an event."""
        self._task = asyncio.create_task(self._watch())

    def wrote(self, data: bytes) -> None:
        """Note what else goes to the client."""
        if data:
            self._wrote_at = self._loop.time()
            self._inside = not data.endswith(_EVENT_ENDS)

    def end(self) -> None:
        """Write no more pings."""
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            silent = self._loop.time() - self._wrote_at
            if silent >= timing.PING_AFTER:
                self._wrote_at, silent = self._loop.time(), 0.0
                if not self._inside:
                    await self._write(self._ping)
            await asyncio.sleep(timing.PING_AFTER - silent)
