"""Whether a trouble is new: all workers of a machine together tell of it once."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

QUIET_SECONDS = 3600.0
"""A trouble is over when it has not shown for so long; then the next sign of it is a new one."""
_LOOK_SECONDS = 60.0
"""How often one process looks at the file of a trouble that goes on."""


class Quiet:
    """Remembers troubles in files, whose times are when each has shown last."""

    def __init__(self, directory: Path, clock: Callable[[], float] = time.time) -> None:
        self._directory = directory
        self._clock = clock
        self._seen: dict[str, float] = {}

    def is_new(self, trouble: str) -> bool:
        """Notes that ``trouble`` shows now; true if it had not for ``QUIET_SECONDS``, in any worker."""
        now = self._clock()
        last = self._seen.get(trouble, 0.0)
        if 0 <= now - last < _LOOK_SECONDS:
            return False
        self._seen[trouble] = now
        try:
            return self._noted(trouble, now)
        except OSError:
            # No state directory: every worker has only its own memory.
            return not 0 <= now - last < QUIET_SECONDS

    def _noted(self, trouble: str, now: float) -> bool:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._directory / trouble, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            last = 0.0
            with contextlib.suppress(ValueError):
                last = float(os.pread(handle, 32, 0))
            os.pwrite(handle, f"{now:020.3f}".encode(), 0)
        finally:
            os.close(handle)
        return not 0 <= now - last < QUIET_SECONDS
