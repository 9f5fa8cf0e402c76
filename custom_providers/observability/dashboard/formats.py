"""Formats numbers and times for the page. Pure."""

from __future__ import annotations

ABSENT = "\N{EN DASH}"
"""Shown for unknown values, which differ from 0."""


def seconds(value: float | None) -> str:
    """A duration: "0.42 s", "12.3 s"."""
    if value is None:
        return ABSENT
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def money(value: float | None) -> str:
    """US dollars: "$1.20", with more digits for small amounts."""
    if value is None:
        return ABSENT
    if value == 0 or value >= 0.01:
        return f"${value:,.2f}"
    return f"${value:.6f}".rstrip("0").rstrip(".") if value >= 0.000001 else "<$0.000001"


def count(value: int | None) -> str:
    """A whole number with separators."""
    return ABSENT if value is None else f"{value:,}"


def moment(value: str) -> str:
    """A row's time, or a slot's name, with a space for the T: "2026-11-21 09:30:00", "2026-11-21 09"."""
    return value.replace("T", " ").partition(".")[0].removesuffix("Z")


def short_moment(value: str) -> str:
    """A row's time without its year: "11-21 09:30:00"."""
    return moment(value)[5:]


FILTERS = {"seconds": seconds, "money": money, "count": count, "moment": moment, "short_moment": short_moment}
"""Filters for the templates."""
