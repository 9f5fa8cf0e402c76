"""A table whose columns of names share the width by need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    heading: str
    width: int | None = None
    """Characters; None: the column holds names and shares the remaining width with the others that do."""
    right: bool = True
    """Whether its cells are aligned to the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns with their final widths."""

    columns: Sequence[Column]
    widths: Sequence[int]

    @classmethod
    def for_cells(cls, columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int, *, at_least: int) -> Table:
        """The table for ``rows``, at most ``width`` characters wide, and at least ``at_least`` if that fits."""
        taken = sum(column.width + 1 if column.width else 1 for column in columns) - 1
        needs = [
            max(len(column.heading), *(len(row[at]) for row in rows), 0)
            for at, column in enumerate(columns)
            if column.width is None
        ]
        room = min(width, max(taken + sum(needs), at_least)) - taken
        names = iter(shares(needs, room))
        return cls(columns=columns, widths=[column.width or next(names) for column in columns])

    def heading(self) -> str:
        """The first line."""
        return self.line([column.heading for column in self.columns])

    def line(self, cells: Sequence[str]) -> str:
        """One line; names that are too long are cut."""
        parts = []
        for column, width, cell in zip(self.columns, self.widths, cells, strict=True):
            parts.append(cell.rjust(width) if column.right else cut(cell, width).ljust(width))
        return " ".join(parts).rstrip()


def shares(needs: Sequence[int], room: int) -> list[int]:
    """Divides ``room`` by need: only the greatest needs are cut, and what is left over is divided equally."""
    given = [0] * len(needs)
    for position, at in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        given[at] = min(needs[at], max(1, room // (len(needs) - position)))
        room -= given[at]
    for at in range(len(given)):
        extra = max(0, room) // (len(given) - at)
        given[at] += extra
        room -= extra
    return given


def cut(text: str, width: int) -> str:
    """``text`` in at most ``width`` characters; an ellipsis marks what was cut."""
    return text if len(text) <= width else f"{text[: width - 1]}…"
