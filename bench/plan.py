"""What to measure, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import inf

from bench.routes import PLAIN, Line

_QUICK_LINES = frozenset(
    {
        ("chat", PLAIN), ("chat", "kimi"), ("chat", "ollama"), ("messages", PLAIN), ("messages", "claude"),
        ("messages", "kimi"), ("responses", PLAIN),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run."""

    rounds: int
    seconds: float
    """Approximate seconds per measurement of whole answers."""
    window: float
    """Seconds to measure streams for."""
    rungs: tuple[int, ...]
    """The numbers of concurrent streams to try; ``FIRST_RUNG`` is one of them."""
    boots: int
    requests_before_weighing: int
    quick: bool = False
    until: float = inf
    """Start nothing after this ``time.monotonic`` value."""
    pattern: str = ""
    """A glob of ``client route``; empty: all, or with ``quick`` only the most important."""

    def covers(self, line: Line) -> bool:
        """Whether this run measures the line."""
        if self.pattern:
            return fnmatchcase(f"{line.client} {line.route}", self.pattern)
        return not self.quick or (line.client, line.route) in _QUICK_LINES


FIRST_RUNG = 16
QUICK = Plan(
    rounds=1, seconds=0.5, window=2.0, rungs=(4, 8, 16, 32, 64, 128, 256), boots=1, requests_before_weighing=1_000,
    quick=True,
)  # fmt: skip
FULL = Plan(
    rounds=3, seconds=1.0, window=3.0, rungs=(4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512), boots=5,
    requests_before_weighing=10_000,
)  # fmt: skip
