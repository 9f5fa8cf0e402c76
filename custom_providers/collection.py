"""Garbage is collected between two turns of the event loop, where Python would do it at any allocation.

Before 3.12, an object that is collected inside ``ContextVar.set`` and sets a variable itself as it ends makes the
interpreter use freed memory (https://github.com/python/cpython/issues/148891). LiteLLM's stream wrapper is such an
object: its ``__del__`` restores the trace id. Proxies died of it now and then: "litellm[8654]: segfault at 0".
"""

from __future__ import annotations

import asyncio
import gc
import sys

SECONDS = 0.05
"""How long garbage waits at most."""

SAFE = sys.version_info >= (3, 12)
"""Whether this Python itself collects only where no C function is at work."""


def between_turns(loop: asyncio.AbstractEventLoop) -> None:
    """Takes the collector over for as long as ``loop`` runs; it keeps Python's generations and thresholds."""
    gc.disable()
    loop.call_later(SECONDS, _collect, loop)


def _collect(loop: asyncio.AbstractEventLoop) -> None:
    counts_and_thresholds = zip(gc.get_count(), gc.get_threshold(), strict=True)
    if due := [age for age, (count, threshold) in enumerate(counts_and_thresholds) if count > threshold]:
        gc.collect(due[-1])
    loop.call_later(SECONDS, _collect, loop)
