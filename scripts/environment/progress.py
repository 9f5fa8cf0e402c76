"""How far an installation is: one line that changes on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TextIO

_SPARSE_SECONDS = 15
"""Between two lines about one step, where lines stay."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """Writes steps to ``out``."""

    out: TextIO
    _started: float = field(default_factory=time.monotonic, init=False)
    _step_started: float = field(default_factory=time.monotonic, init=False)
    _written: float = field(default_factory=time.monotonic, init=False)

    def announce(self, line: str) -> None:
        """Writes a line that stays."""
        self.clear()
        self._write(f"{line}\n")

    def show(self, doing: str) -> None:
        """Reports what is being done; called as often as anything may have changed."""
        now = time.monotonic()
        line = f"  {doing}, {now - self._step_started:.0f} s"
        if self.out.isatty():
            self._write(f"\r{line}\033[K")
        elif now - self._written >= _SPARSE_SECONDS:
            self._write(f"{line}\n")

    def done(self, what: str) -> None:
        """Ends a step; the next one begins."""
        now = time.monotonic()
        self.announce(f"  {what}, {now - self._step_started:.0f} s")
        self._step_started = now

    def finish(self, what: str) -> None:
        """Ends the last step."""
        self.announce(f"{what}, {time.monotonic() - self._started:.0f} s in all")

    def clear(self) -> None:
        """Empties the line that changes."""
        if self.out.isatty():
            self._write("\r\033[K")

    def _write(self, text: str) -> None:
        self._written = time.monotonic()
        self.out.write(text)
        self.out.flush()
