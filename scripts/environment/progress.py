"""Shows the progress of an installation: one updated line on a terminal, an occasional line elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TextIO

_SPARSE_SECONDS = 15
"""Seconds between two lines about one step, without a terminal."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """Writes the steps of an installation to ``out``."""

    out: TextIO
    _started: float = field(default_factory=time.monotonic, init=False)
    _step_started: float = field(default_factory=time.monotonic, init=False)
    _written: float = field(default_factory=time.monotonic, init=False)

    def announce(self, line: str) -> None:
        """Writes a permanent line."""
        self.clear()
        self._write(f"{line}\n")

    def show(self, doing: str) -> None:
        """Shows the current activity; may be called often."""
        now = time.monotonic()
        line = f"  {doing}, {now - self._step_started:.0f} s"
        if self.out.isatty():
            self._write(f"\r{line}\033[K")
        elif now - self._written >= _SPARSE_SECONDS:
            self._write(f"{line}\n")

    def done(self, what: str) -> None:
        """Ends a step and begins the next one."""
        now = time.monotonic()
        self.announce(f"  {what}, {now - self._step_started:.0f} s")
        self._step_started = now

    def finish(self, what: str) -> None:
        """Ends the last step."""
        self.announce(f"{what}, {time.monotonic() - self._started:.0f} s in all")

    def clear(self) -> None:
        """Clears the updated line."""
        if self.out.isatty():
            self._write("\r\033[K")

    def _write(self, text: str) -> None:
        self._written = time.monotonic()
        self.out.write(text)
        self.out.flush()
