"""Logs refused requests: at most one line per minute and status, however many there are."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

QUIET_SECONDS = 60.0

_log = logging.getLogger("pointsman")


class RefusedLog:
    """Logs refusals, and counts those that it does not print."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._printed: dict[int, float] = {}
        self._since: Counter[int] = Counter()

    def note(self, status: int, what: str, client: str) -> None:
        """Log or count a refused request.

        Args:
            status: the HTTP status.
            what: the method and the path, in one line.
            client: the client's address.
        """
        now, last = self._clock(), self._printed.get(status)
        self._since[status] += 1
        if last is not None and now - last < QUIET_SECONDS:
            return
        self._printed[status] = now
        more = self._since.pop(status) - 1
        others = f", and {more} more with this status since the last such line" if more else ""
        _log.warning("pointsman: refused with %d: %s, from %s%s", status, what, client, others)
