"""The samples as a table for people and as JSON for programs."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from bench.measure import Samples


def summary(samples: Samples, base: str) -> dict[str, dict[str, dict[str, Any]]]:
    """By row and metric: the median, half the range in per cent of it, the ratio to ``base``, and all values."""
    medians = {name: statistics.median(values) for name, values in samples.get(base, {}).items()}
    return {
        row: {name: _summed(values, medians.get(name)) for name, values in metrics.items()}
        for row, metrics in samples.items()
    }


def text(found: Mapping[str, Mapping[str, Mapping[str, Any]]], base: str) -> str:
    """One table, a column for each row of the bench: median, ± half the range, and x the ratio to ``base``."""
    metrics = dict.fromkeys(name for values in found.values() for name in values)
    lines = [
        ["", *found],
        *([name, *(_cell(found[row].get(name), with_ratio=row != base) for row in found)] for name in metrics),
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(_padded(line, widths) for line in lines)


def _summed(values: Sequence[float], base: float | None) -> dict[str, Any]:
    median = statistics.median(values)
    return {
        "median": median,
        "spread_percent": (max(values) - min(values)) / 2 / median * 100 if median else 0.0,
        "ratio": median / base if base else None,
        "values": list(values),
    }


def _cell(value: Mapping[str, Any] | None, *, with_ratio: bool) -> str:
    if value is None:
        return "-"
    ratio = f" x{value['ratio']:.2f}" if with_ratio and value["ratio"] is not None else ""
    spread = f" ±{value['spread_percent']:.0f}%" if len(value["values"]) > 1 else ""
    return f"{value['median']:.4g}{spread}{ratio}"


def _padded(line: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (cell.ljust(width) if not column else cell.rjust(width)
                    for column, (cell, width) in enumerate(zip(line, widths, strict=True)))  # fmt: skip
    return "  ".join([first, *rest]).rstrip()
