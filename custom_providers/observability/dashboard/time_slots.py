"""The hours or days of a time span, including those without calls. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from custom_providers.observability.audit.sums import CallSums
from custom_providers.observability.dashboard.calls import SPANS, Span, Sums

_LENGTHS = {"hour": (13, timedelta(hours=1)), "day": (10, timedelta(days=1))}


def series(span: Span, sums: Sums) -> Sequence[tuple[str, CallSums]]:
    """Each slot of the span, the earliest first: its name, as "2026-11-21T09", and its sums."""
    length, slot = SPANS[span]
    digits, step = _LENGTHS[slot]
    found = {row.slot: row for row in sums.overview.by_slot}
    names = [(sums.until - step * back).isoformat()[:digits] for back in range(length // step, -1, -1)]
    return [(name, found.get(name) or _empty(name)) for name in names]


def _empty(slot: str) -> CallSums:
    return CallSums(
        provider=None, model=None, slot=slot, calls=0, failed=0, prompt_tokens=0, completion_tokens=0, cost=0.0,
        p50_seconds=None, p95_seconds=None,
    )  # fmt: skip
