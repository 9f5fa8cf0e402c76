"""Collects garbage between two turns of the event loop instead of at any allocation.

Before 3.12, an object that is collected inside ``ContextVar.set`` and sets a variable itself as it ends makes the
interpreter use freed memory (https://github.com/python/cpython/issues/148891). LiteLLM's stream wrapper is such an
object: its ``__del__`` restores the trace id. Proxies crashed occasionally: "litellm[8654]: segfault at 0".
"""

from __future__ import annotations

import asyncio
import gc
import sys

SECONDS = 0.05
"""The longest time between collections of new garbage."""

FULL_SECONDS = 60.0
"""The shortest time between full collections, which block all requests for some 20 ms."""

SAFE = sys.version_info >= (3, 12)
"""Whether this Python collects only outside C functions by itself."""


def between_turns(loop: asyncio.AbstractEventLoop) -> None:
    """Controls the collector while ``loop`` runs, with Python's generations and thresholds."""
    gc.disable()
    loop.call_later(SECONDS, _collect, loop, loop.time() + FULL_SECONDS)


def _collect(loop: asyncio.AbstractEventLoop, full: float) -> None:
    """Collects what is due, everything only after ``full``, and schedules the next call."""
    ages = 3 if loop.time() >= full else 2
    due = [age for age in range(ages) if gc.get_count()[age] > gc.get_threshold()[age]]
    if due:
        gc.collect(due[-1])
    if 2 in due:
        full = loop.time() + FULL_SECONDS
    loop.call_later(SECONDS, _collect, loop, full)
