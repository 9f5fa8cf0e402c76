"""The results as tables for people and as JSON for programs."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from bench.gateways import BASE
from bench.rounds import Found
from bench.routes import Line

Table = list[dict[str, Any]]
"""For each line: client, route, gateway, upstream API and metrics."""


def tables(found: Found) -> dict[str, Table]:
    """By section: for each metric the median, half the range in percent of it, the ratio to ``BASE``, all values."""
    return {name: [_line(line, lines, found) for line in _sorted(lines)] for name, lines in found.samples.items()}


def text(title: str, table: Table) -> str:
    """One text line per line: median, ± half the range in percent, x the ratio to ``BASE`` on the same route."""
    metrics = list(dict.fromkeys(metric for line in table for metric in line["metrics"]))
    keys = ("client", "route", "gateway", "asks")
    rows = [[*keys, *metrics], *([*(line[key] for key in keys), *_cells(line, metrics)] for line in table)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join([title, *(_padded(row, widths, len(keys)) for row in rows)])


def _line(line: Line, lines: Mapping[Line, Mapping[str, list[float]]], found: Found) -> dict[str, Any]:
    base = lines.get(replace(line, gateway=BASE), {})
    metrics = {name: _summed(values, base.get(name, [])) for name, values in lines[line].items()}
    return {**asdict(line), "asks": found.apis.get(line, ""), "metrics": metrics}


def _sorted(lines: Mapping[Line, object]) -> list[Line]:
    """Routes in the order measured; within a route, the baseline first."""
    order = {key: number for number, key in enumerate(dict.fromkeys((line.client, line.route) for line in lines))}
    return sorted(lines, key=lambda line: (order[line.client, line.route], line.gateway != BASE))


def _summed(values: Sequence[float], base: Sequence[float]) -> dict[str, Any]:
    median, of = statistics.median(values), statistics.median(base) if base else 0.0
    return {
        "median": median,
        "spread_percent": (max(values) - min(values)) / 2 / median * 100 if median else 0.0,
        "ratio": median / of if of else None,
        "values": list(values),
    }


def _cells(line: Mapping[str, Any], metrics: Sequence[str]) -> list[str]:
    return [_cell(line["metrics"].get(name), with_ratio=line["gateway"] != BASE) for name in metrics]


def _cell(value: Mapping[str, Any] | None, *, with_ratio: bool) -> str:
    if value is None:
        return "-"
    ratio = f" x{value['ratio']:.2f}" if with_ratio and value["ratio"] is not None else ""
    spread = f" ±{abs(value['spread_percent']):.0f}%" if len(value["values"]) > 1 else ""
    return f"{value['median']:.3g}{spread}{ratio}"


def _padded(row: Sequence[str], widths: Sequence[int], keys: int) -> str:
    cells = (cell.ljust(width) if column < keys else cell.rjust(width)
             for column, (cell, width) in enumerate(zip(row, widths, strict=True)))  # fmt: skip
    return "  ".join(cells).rstrip()
