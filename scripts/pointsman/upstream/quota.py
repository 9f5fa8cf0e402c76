"""What providers tell about quota, balance and credit, read into one form. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One quota, balance or credit; what the provider does not tell is None."""

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


_KIMI_WINDOWS = {
    "limit_5h": "5 hours",
    "limit_7d": "7 days",
    "limit_month_total": "month",
    "limit_month_code": "month, code",
}
_MINUTES = {"TIME_UNIT_MINUTE": 1, "TIME_UNIT_HOUR": 60, "TIME_UNIT_DAY": 1440}


def kimi_code(answer: Any) -> tuple[Window, ...]:
    """Kimi Code's ``/usages``: numbers as strings in ``usage`` and ``limits``, ratios in ``usages``, or both.

    https://www.kimi.com/code/docs/en/ does not describe it; the shapes are those of July and September 2026. Where
    both tell of one window, the ratio and its reset time count: they are exact.
    """
    found = {"5 hours": Window(name="5 hours"), "7 days": _kimi_amount("7 days", _member(answer, "usage"))}
    for limit in _items(answer, "limits"):
        name = _duration(_member(limit, "window"))
        found[name] = _kimi_amount(name, _member(limit, "detail"))
    for key, value in _table(_member(answer, "usages")).items():
        ratio = _number(_member(value, "used_ratio"))
        if key.startswith("limit_") and ratio is not None:
            name = _KIMI_WINDOWS.get(key, key.removeprefix("limit_").replace("_", " "))
            known = found.get(name, Window(name=name))
            resets_at = _time(_member(value, "reset_time")) or known.resets_at
            found[name] = Window(
                name=name, used=ratio, remaining=known.remaining, limit=known.limit, resets_at=resets_at
            )
    total = _kimi_amount("total", _member(answer, "totalQuota"))
    return tuple(window for window in (*found.values(), total) if window.used is not None)


def moonshot_balance(answer: Any, unit: str) -> tuple[Window, ...]:
    """The Moonshot platform's ``/v1/users/me/balance``, which names no currency: it is the host's."""
    remaining = _number(_member(_member(answer, "data"), "available_balance"))
    return () if remaining is None else (Window(name="balance", remaining=remaining, unit=unit),)


def openrouter_key(answer: Any) -> tuple[Window, ...]:
    """OpenRouter's ``/key``: the key's own limit, if it has one, and its free requests."""
    data = _member(answer, "data")
    period = _member(data, "limit_reset")
    limit = _counted(
        f"key limit, {period}" if isinstance(period, str) else "key limit",
        limit=_number(_member(data, "limit")),
        remaining=_number(_member(data, "limit_remaining")),
        unit="USD",
    )
    free = _member(data, "free_model_daily_requests")
    requests = _counted(
        "free models, daily",
        limit=_number(_member(free, "limit")),
        remaining=_number(_member(free, "remaining")),
        unit="requests",
    )
    return tuple(window for window in (limit, requests) if window.limit is not None)


def openrouter_credits(answer: Any) -> tuple[Window, ...]:
    """OpenRouter's ``/credits``: what was ever bought, and what was used of it."""
    bought = _number(_member(_member(answer, "data"), "total_credits"))
    used = _number(_member(_member(answer, "data"), "total_usage"))
    if bought is None or used is None:
        return ()
    return (_counted("credits", limit=bought, remaining=round(bought - used, 6), unit="USD"),)


def ollama_cloud(answer: Any) -> tuple[Window, ...]:
    """Ollama Cloud's ``/api/balance``: a monthly pool of dollars, or an old plan's session and week."""
    included, windows = _member(answer, "included"), []
    pool = _counted(
        "included",
        limit=_number(_member(included, "allowance_usd")),
        remaining=_number(_member(included, "balance_usd")),
        unit="USD",
        resets_at=_time(_member(_member(included, "period"), "until")),
    )
    if pool.remaining is not None:
        windows.append(pool)
    for name in ("session", "weekly"):
        left = _number(_member(_member(included, name), "remaining_percent"))
        if left is not None:
            resets_at = _time(_member(_member(included, name), "resets_at"))
            windows.append(_counted(name, limit=100, remaining=left, unit="%", resets_at=resets_at))
    purchased = _number(_member(_member(answer, "purchased"), "balance_usd"))
    if purchased is not None:
        windows.append(Window(name="purchased", remaining=purchased, unit="USD"))
    return tuple(windows)


_GO_WINDOWS = {"rolling": "5 hours", "weekly": "7 days", "monthly": "month"}


def opencode_go(answer: Any) -> tuple[Window, ...]:
    """OpenCode Go's ``/usage``: three windows in per cent."""
    usage = _table(_member(answer, "usage"))
    return tuple(
        _counted(name, limit=100, remaining=100 - percent, unit="%", resets_at=_time(_member(usage[key], "resetsAt")))
        for key, name in _GO_WINDOWS.items()
        if (percent := _number(_member(usage.get(key), "percent"))) is not None
    )


def _kimi_amount(name: str, detail: Any) -> Window:
    limit, remaining = _number(_member(detail, "limit")), _number(_member(detail, "remaining"))
    used = _number(_member(detail, "used"))
    if remaining is None and limit is not None and used is not None:
        remaining = limit - used
    return _counted(name, limit=limit, remaining=remaining, resets_at=_time(_member(detail, "resetTime")))


def _counted(
    name: str, *, limit: float | None, remaining: float | None, unit: str = "", resets_at: datetime | None = None
) -> Window:
    used = None
    if limit is not None and remaining is not None:
        # Nothing granted is nothing left, as a bought credit of 0 is.
        used = round((limit - remaining) / limit, 6) if limit > 0 else 1.0
    return Window(name=name, used=used, remaining=remaining, limit=limit, unit=unit, resets_at=resets_at)


def _duration(window: Any) -> str:
    unit = _member(window, "timeUnit")
    minutes = (_number(_member(window, "duration")) or 0) * _MINUTES.get(unit if isinstance(unit, str) else "", 0)
    for size, noun in ((1440, "days"), (60, "hours"), (1, "minutes")):
        if minutes and minutes % size == 0:
            return f"{minutes / size:g} {noun}"
    return "limit"


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: Any, name: str) -> list[Any]:
    items = _member(value, name)
    return items if isinstance(items, list) else []


def _number(value: Any) -> float | None:
    """A number, also one in a string, as Kimi sends them."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str) or not re.match(r"\d{4}-", value):
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
