"""The one limit of all waiting in tests: for what has to come, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

SECONDS = 300
"""When a test gives up. What works comes in seconds, so this costs time only where something is broken."""


def eventually(find: Callable[[], Found], *, otherwise: Callable[[], object] = lambda: "it did not happen") -> Found:
    """Returns what ``find`` returns as soon as that is true; fails with ``otherwise`` after `SECONDS`."""
    deadline = time.monotonic() + SECONDS
    while not (found := find()):
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.05)
    return found
