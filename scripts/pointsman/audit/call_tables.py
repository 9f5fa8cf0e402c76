"""Rows and their sums as text: columns for people, CSV and JSON lines for programs."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from custom_providers.observability.audit.record import Row
from custom_providers.observability.audit.sums import CallSums
from pointsman.audit.columns import Column, Table

WIDTH = 80
"""The width in characters without a terminal."""

_CALLS = (
    Column(heading="TIME (UTC)", width=14, right=False),
    Column(heading="ST", width=3),
    Column(heading="MODEL", right=False),
    Column(heading="WENT TO", right=False),
    Column(heading="IN", width=5),
    Column(heading="OUT", width=5),
    Column(heading="COST $", width=7),
    Column(heading="SECS", width=4),
)
_SUMS = (
    Column(heading="PROVIDER", right=False),
    Column(heading="MODEL", right=False),
    Column(heading="CALLS", width=6),
    Column(heading="FAILED", width=6),
    Column(heading="IN", width=5),
    Column(heading="OUT", width=5),
    Column(heading="COST $", width=8),
    Column(heading="P50 S", width=5),
    Column(heading="P95 S", width=5),
)


def calls(batches: Iterable[Sequence[Row]], width: int, *, widen: bool = False) -> Iterator[str]:
    """A heading, then a line for each call, and further lines if it needs an explanation.

    The first batch decides how MODEL and WENT TO share the width; with ``widen`` they get all of it, for longer names
    in later batches.
    """
    table: Table | None = None
    for batch in batches:
        cells = [_call_cells(row) for row in batch]
        if table is None:
            table = Table.for_cells(_CALLS, cells, width, at_least=width if widen else WIDTH)
            yield table.heading()
        for row, line in zip(batch, cells, strict=True):
            yield table.line(line)
            if why := explanation(row):
                yield from _wrapped(why, width)


def sums(found: Iterable[CallSums], width: int) -> Iterator[str]:
    """A heading, then a line for each provider and model."""
    cells = [_sum_cells(each) for each in found]
    table = Table.for_cells(_SUMS, cells, width, at_least=WIDTH)
    yield table.heading()
    yield from map(table.line, cells)


def explanation(row: Row) -> str:
    """Why a call failed, or what failed before it was answered; empty for an ordinary one."""
    message = row["error_message"] or ""
    if row["outcome"] == "cancelled":
        return "cancelled: the client left"
    if row["outcome"] == "lost":
        return "lost: the proxy ended before the answer did"
    # The name of a Python class only where nothing else is known.
    known = row["error_kind"] or ("" if message else row["error_class"] or "failed")
    kind = known if row["outcome"] == "failure" else ""
    return ": ".join(str(part) for part in (kind, *_detour(row), message) if part)


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Each row as one line of JSON."""
    return (json.dumps(row, ensure_ascii=False) for row in rows)


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as CSV, the names of the columns first; nested values are JSON."""
    for number, row in enumerate(rows):
        if not number:
            yield _csv_line(list(row))
        yield _csv_line([_csv_value(value) for value in row.values()])


def _call_cells(row: Row) -> tuple[str, ...]:
    model, upstream = str(row["model"] or "-"), str(row["upstream_model"] or "")
    # The client's name already shows it: openrouter/x/y goes to openrouter as x/y.
    goal = row["provider"] if model.endswith(upstream) else f"{row['provider']}/{upstream}"
    return (
        str(row["time"])[5:19].replace("T", " "),
        str(row["status"] or "-"),
        model,
        str(goal or "-"),
        *(_count(row[name]) for name in ("prompt_tokens", "completion_tokens")),
        _cost(row["cost"]),
        _seconds(row["duration_seconds"]),
    )


def _wrapped(why: str, width: int) -> Iterator[str]:
    for line in textwrap.wrap(why, max(width - 4, 20), max_lines=3, placeholder="…", break_on_hyphens=False):
        yield f"    {line}"


def _sum_cells(found: CallSums) -> tuple[str, ...]:
    return (
        found.provider or "-",
        found.model or "-",
        *map(_count, (found.calls, found.failed, found.prompt_tokens, found.completion_tokens)),
        _cost(found.cost),
        _seconds(found.p50_seconds),
        _seconds(found.p95_seconds),
    )


def _detour(row: Row) -> Iterator[str]:
    """The first provider, if another one was asked after it; else the number of retries."""
    times = row["first_attempts"] or 1
    if row["fallbacks"] and row["first_provider"]:
        yield f"{row['first_provider']} failed" + (f" {times} times" if times != 1 else "")
    elif row["retries"]:
        yield f"{row['retries']} retr{'y' if row['retries'] == 1 else 'ies'}"


def _csv_line(values: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def _csv_value(value: object) -> object:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    # A spreadsheet treats values that start with these characters as formulas.
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def _count(value: Any) -> str:
    """A number in at most five characters: 1234, 12.3k, 123k, 1.2M."""
    if value is None:
        return "-"
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if value >= 10 * size or (size > 1000 and value >= size):
            short = value / size
            return f"{short:.0f}{unit}" if short >= 100 else f"{short:.1f}{unit}"
    return str(value)


def _cost(value: Any) -> str:
    return "-" if value is None else f"{value:.4f}" if value < 100 else f"{value:.2f}"


def _seconds(value: Any) -> str:
    return "-" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"
