"""Decides whether an incident is new or over, so that all workers of a machine send one message about each."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

QUIET_SECONDS = 3600.0
"""An incident that was not seen for this long counts as new."""
CALM_SECONDS = 300.0
"""An incident is over if the provider answers and it was not seen for this long; an intermittent one is not."""
_LOOK_SECONDS = 60.0
"""How often a process checks the file of a continuing incident."""
_NEVER = 0.0


class Quiet:
    """Keeps a file per incident: when it was last seen, and with which model."""

    def __init__(self, directory: Path, clock: Callable[[], float] = time.time) -> None:
        self._directory = directory
        self._clock = clock
        self._seen: dict[str, float] = {}

    def going_on(self) -> dict[str, str]:
        """The incidents that were reported and are not over, with the model of each."""
        try:
            noted = {path.name: path.read_text(encoding="utf-8") for path in self._directory.iterdir()}
        except (OSError, UnicodeDecodeError):
            return {}
        return {name: text[_TIME:].strip() for name, text in noted.items() if _time(text) != _NEVER}

    def is_new(self, incident: str, model: str = "") -> bool:
        """Records ``incident``; true if no worker has seen it for ``QUIET_SECONDS``."""
        now = self._clock()
        last = self._seen.get(incident, _NEVER)
        if 0 <= now - last < _LOOK_SECONDS:
            return False
        self._seen[incident] = now
        # Without a state directory each worker only knows its own incidents.
        with contextlib.suppress(OSError):
            last = self._exchanged(incident, lambda _last: f"{now:0{_TIME}.3f} {model}")
        return not 0 <= now - last < QUIET_SECONDS

    def is_over(self, incident: str) -> bool:
        """Records a success; true, for one worker, if ``incident`` was not seen for ``CALM_SECONDS``."""
        now = self._clock()
        last = self._seen.get(incident, _NEVER)
        if _is_recent(last, now):
            return False
        with contextlib.suppress(OSError):
            last = self._exchanged(incident, lambda last: None if _is_recent(last, now) else f"{_NEVER:0{_TIME}.3f}")
        if _is_recent(last, now):
            return False
        self._seen.pop(incident, None)
        return last != _NEVER

    def _exchanged(self, incident: str, new: Callable[[float], str | None]) -> float:
        """The old time in the file; writes ``new`` to it unless that is None."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._directory / incident, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            last = _time(os.pread(handle, _TIME, 0).decode(errors="replace"))
            if (text := new(last)) is not None:
                os.ftruncate(handle, 0)
                os.pwrite(handle, text.encode(), 0)
        finally:
            os.close(handle)
        return last


_TIME = 20
"""Length of the time at the start of a file, in characters."""


def _is_recent(last: float, now: float) -> bool:
    return 0 <= now - last < CALM_SECONDS


def _time(text: str) -> float:
    with contextlib.suppress(ValueError):
        return float(text[:_TIME])
    return _NEVER
