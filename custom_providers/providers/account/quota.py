"""Quota, balance and credit in one form for all providers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One quota, balance or credit; None where the provider does not say."""

    name: str
    used: float | None = None
    """The fraction, from 0; above 1 when more was used than granted."""
    remaining: float | None = None
    limit: float | None = None
    unit: str = ""
    """Of ``remaining`` and ``limit``; empty when the provider names none."""
    resets_at: datetime | None = None
    """In UTC."""

    def as_json(self) -> dict[str, Any]:
        """The window as plain data, the time in ISO 8601."""
        return {**asdict(self), "resets_at": self.resets_at.isoformat() if self.resets_at else None}


def counted(
    name: str, *, limit: float | None, remaining: float | None, unit: str = "", resets_at: datetime | None = None
) -> Window:
    """A window whose used fraction follows from its limit and what remains of it."""
    used = None
    if limit is not None and remaining is not None:
        # A limit of 0 counts as used up, like a purchased credit of 0.
        used = round((limit - remaining) / limit, 6) if limit > 0 else 1.0
    return Window(name=name, used=used, remaining=remaining, limit=limit, unit=unit, resets_at=resets_at)


def used(window: Window) -> str:
    """What was used, in per cent; empty when the provider does not say."""
    return "" if window.used is None else f"{window.used:.0%} used"


def left(window: Window) -> str:
    """What remains, with its unit; empty when the provider does not say."""
    if window.remaining is None:
        return ""
    money = window.unit in {"USD", "CNY"}
    remaining, limit = (
        "" if number is None else f"{number:,.2f}" if money else f"{number:,.12g}"
        for number in (window.remaining, window.limit)
    )
    if window.unit == "%":
        return f"{remaining}% left"
    return " ".join(filter(None, (remaining, f"of {limit}" if limit else "", window.unit, "left")))


def until(moment: datetime, now: datetime) -> str:
    """How long it is from ``now`` to ``moment``, in the two largest units."""
    minutes = max(0, round((moment - now).total_seconds() / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    return " ".join(parts[:2]) or "a moment"
