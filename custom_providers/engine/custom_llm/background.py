"""An event loop in a separate thread, for synchronous callers."""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, TypeVar

_T = TypeVar("_T")
_END = object()


class Background:
    """Runs coroutines for synchronous callers; the thread starts with the first one and ends with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        atexit.register(self.close)

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Return the coroutine's result; cancel it if the caller is interrupted."""
        future = asyncio.run_coroutine_threadsafe(work, self._running())
        try:
            return future.result()
        finally:
            future.cancel()

    def iterate(self, items: AsyncIterator[_T]) -> Iterator[_T]:
        """Yield the async iterator's items; close it when closed early."""
        try:
            while (item := self.run(_next(items))) is not _END:
                yield item  # type: ignore[misc]
        finally:
            if close := getattr(items, "aclose", None):
                self.run(close())

    def close(self) -> None:
        """Stop the loop and the thread, and close the loop's resources; a later call starts new ones."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(timeout=1.0)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=_serve, args=(self._loop,), name="kimi", daemon=True)
                self._thread.start()
            return self._loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


async def _next(items: AsyncIterator[_T]) -> _T | object:
    return await anext(items, _END)
