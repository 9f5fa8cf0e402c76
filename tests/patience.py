"""Waits for other processes, on a machine of any speed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")

SECONDS = 300
"""The timeout of a wait. A working process answers within seconds, so this costs time only in a failing test."""


def eventually(find: Callable[[], Found], *, otherwise: Callable[[], object] = lambda: "it did not happen") -> Found:
    """Calls ``find`` until its result is true, and returns it; fails with ``otherwise`` after `SECONDS`."""
    deadline = time.monotonic() + SECONDS
    while not (found := find()):
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.05)
    return found


def whole_lines(path: Path) -> list[str]:
    """The complete lines of a file that another process is writing."""
    return path.read_text().rpartition("\n")[0].splitlines() if path.exists() else []
