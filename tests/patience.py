"""The one limit of all waiting in tests: for what has to come, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 300
"""When a test gives up. Nothing that works comes near it, so it costs time only where something is broken."""


def eventually(condition: Callable[[], bool]) -> None:
    """Returns when ``condition`` holds; fails after `SECONDS`."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen within {SECONDS} s"
        time.sleep(0.05)
