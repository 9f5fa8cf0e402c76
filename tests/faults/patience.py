"""Waiting for what has to come, without saying when."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(condition: Callable[[], bool]) -> None:
    """Returns when ``condition`` holds; fails after a minute and a half."""
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.1)
