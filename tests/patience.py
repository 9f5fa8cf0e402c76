"""Waiting for other processes, on a machine of any speed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
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


def whole_lines(path: Path) -> list[str]:
    """The lines of a file that another process is writing: without a last one that is still without its end."""
    return path.read_text().rpartition("\n")[0].splitlines() if path.exists() else []
