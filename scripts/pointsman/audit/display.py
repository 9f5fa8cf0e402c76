"""Rows and their sums as text: columns for people, CSV and JSON lines for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

HEADINGS = ("TIME", "STATUS", "MODEL", "WENT TO", "IN", "OUT", "COST", "SECONDS", "KEY")
SUM_HEADINGS = ("PROVIDER", "MODEL", "CALLS", "FAILED", "IN", "OUT", "COST", "SECONDS EACH")


def cells(row: Row) -> tuple[str, ...]:
    """One row for a person, under ``HEADINGS``."""
    outcome = row["outcome"] if row["outcome"] in ("cancelled", "lost") else row["error_kind"] or row["error_class"]
    goal = "/".join(name for name in (row["provider"], row["upstream_model"]) if name)
    return (
        str(row["time"]),
        " ".join(str(part) for part in (row["status"], outcome) if part is not None),
        row["model"] or "-",
        goal or "-",
        *(_amount(row[name]) for name in ("prompt_tokens", "completion_tokens")),
        _cost(row["cost"]),
        _seconds(row["duration_seconds"]),
        row["key_alias"] or "-",
    )


def sum_cells(row: Row) -> tuple[str, ...]:
    """One sum for a person."""
    return (
        row["provider"] or "-",
        row["model"] or "-",
        *(_amount(row[name]) for name in ("calls", "failed", "prompt_tokens", "completion_tokens")),
        _cost(row["cost"]),
        _seconds(row["seconds"]),
    )


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Each row as one line of JSON."""
    return (json.dumps(row, ensure_ascii=False) for row in rows)


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as CSV, the names of the columns first; nested values are JSON."""
    for number, row in enumerate(rows):
        if not number:
            yield _csv_line(list(row))
        yield _csv_line([_csv_value(value) for value in row.values()])


def _csv_line(values: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def _csv_value(value: object) -> object:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    # A spreadsheet takes what begins so for a formula.
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def _amount(value: int | None) -> str:
    return "-" if value is None else str(value)


def _cost(value: float | None) -> str:
    return "-" if value is None else f"${value:.6f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
