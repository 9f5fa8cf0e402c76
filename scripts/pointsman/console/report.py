"""What the command says: results on stdout, talk on stderr."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import click

from custom_providers.registry.problems import Problem

_COLOURS = re.compile(r"\x1b\[(?:0|1|2|31|32|33)m")
"""What ``marked`` and click write themselves."""


def result(text: str) -> None:
    """Prints a product of the command."""
    click.echo(inert(text))


def as_json(data: Any) -> None:
    """Prints a product of the command as JSON, for programs."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def say(text: str) -> None:
    """Prints a message on stderr; a stderr that cannot be written, such as a full log, stops nothing."""
    with contextlib.suppress(OSError):
        click.echo(inert(text), err=True)


def table(rows: Iterable[Sequence[str]]) -> None:
    """Prints rows as aligned columns; on a terminal, the last column wraps inside itself."""
    lines = [tuple(" ".join(cell.split("\n")) for cell in row) for row in rows]
    widths = [max(map(_length, column)) for column in zip(*lines, strict=True)]
    room = shutil.get_terminal_size().columns if sys.stdout and sys.stdout.isatty() else 0
    for line in lines:
        result(_aligned(line, widths, room))


def _aligned(cells: Sequence[str], widths: Sequence[int], room: int) -> str:
    """One row of a table; its last cell in several lines where ``room``, in columns, is too small for it."""
    start = "".join(f"{_padded(cell, width)}  " for cell, width in zip(cells[:-1], widths, strict=False))
    left = room - sum(width + 2 for width in widths[:-1])
    wrapped = [cells[-1]] if left < _LEAST else textwrap.wrap(cells[-1], left, break_on_hyphens=False) or [""]
    indent = " " * (room - left)
    return f"\n{indent}".join((start + wrapped[0], *wrapped[1:])).rstrip()


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _length(cell))


def _length(cell: str) -> int:
    """Its columns on a terminal."""
    return len(_COLOURS.sub("", cell))


_LEAST = 20
"""Columns in which a sentence can still be read."""


def problems(found: Sequence[Problem]) -> None:
    """Prints every problem, and their number last."""
    for problem in found:
        say(str(problem))
    errors = sum(problem.severity == "error" for problem in found)
    warnings = len(found) - errors
    counts = [
        f"{count} {noun}{'s' * (count != 1)}" for count, noun in ((errors, "problem"), (warnings, "warning")) if count
    ]
    say(", ".join(counts))


def inert(text: str) -> str:
    """``text`` without control characters: providers and clients choose parts of what is shown."""
    plain = _COLOURS.split(text)
    colours = [*_COLOURS.findall(text), ""]
    return "".join(f"{_harmless(part)}{colour}" for part, colour in zip(plain, colours, strict=True))


def _harmless(text: str) -> str:
    return (
        text if text.isprintable() else "".join(each if each.isprintable() or each in "\n\t" else "?" for each in text)
    )


def marked(text: str, *, good: bool) -> str:
    """``text`` in green or red on a terminal that wants colours."""
    if os.environ.get("NO_COLOR") or not (sys.stdout and sys.stdout.isatty()):
        return text
    return click.style(text, fg="green" if good else "red")
