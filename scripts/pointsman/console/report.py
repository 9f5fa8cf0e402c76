"""The command's output: results on stdout, messages on stderr."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

import click

from custom_providers.registry.problems import Problem

_COLOURS = re.compile(r"\x1b\[(?:0|1|2|31|32|33)m")
"""The colour codes that ``marked`` and click write."""
_COMMANDS = re.compile(r"^(\s*):(?=:)|#(?=#\[)", re.MULTILINE)
"""Where GitHub reads a workflow command: ``::`` at the beginning of a line, and ``##[`` anywhere."""


def result(text: str) -> None:
    """Prints a result to stdout."""
    click.echo(inert(text))


def sentence(text: str) -> None:
    """Prints a result that is prose, wrapped on a terminal."""
    click.echo(_wrapped(inert(text), _columns(sys.stdout)))


def as_json(data: Any) -> None:
    """Prints a result as JSON, for programs; safe for a terminal too."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    click.echo("".join(each if each.isprintable() or each == "\n" else _escaped(each) for each in text))


def _escaped(character: str) -> str:
    """A control, invisible or bidirectional character as JSON escapes it; ``json`` leaves those above U+001F."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def say(text: str, *, to_copy: bool = False) -> None:
    """Prints a message on stderr, wrapped on a terminal unless it is meant to be copied.

    Ignores a stderr that cannot be written, such as a log on a full disk.
    """
    with contextlib.suppress(OSError):
        click.echo(inert(text) if to_copy else _wrapped(inert(text), _columns(sys.stderr)), err=True)


def table(rows: Iterable[Sequence[str]]) -> None:
    """Prints rows as aligned columns.

    On a narrow terminal, the last column wraps; if that is not enough, long cells of the first
    column get a separate line.
    """
    lines = [tuple(" ".join(cell.split("\n")) for cell in row) for row in rows]
    if not lines:
        return
    widths, room = [max(map(_length, column)) for column in zip(*lines, strict=True)], _columns(sys.stdout)
    if room:
        widths = _fitted(widths, room)
    for line in lines:
        result(_aligned(line, widths))


def _fitted(widths: Sequence[int], room: int) -> list[int]:
    """Narrows the last column, then the first, until the table fits into ``room`` columns, if it can."""
    first, *middle, last = widths
    left = room - sum(middle) - 2 * (len(widths) - 1)
    last = min(last, max(_LEAST, left - first))
    first = min(first, left - last)
    return [first, *middle, last] if first > 0 else list(widths)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Formats one row of a table."""
    above = []
    if _length(cells[0]) > widths[0]:
        above, cells = [cells[0]], ("", *cells[1:])
    start = "".join(f"{_padded(cell, width)}  " for cell, width in zip(cells[:-1], widths, strict=False))
    wrapped = textwrap.wrap(cells[-1], max(1, widths[-1]), break_on_hyphens=False) or [""]
    below = [" " * (sum(widths[:-1]) + 2 * (len(widths) - 1)) + rest for rest in wrapped[1:]]
    return "\n".join(line.rstrip() for line in (*above, start + wrapped[0], *below))


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _length(cell))


def _length(cell: str) -> int:
    """The width of a cell on a terminal, in columns."""
    return len(_COLOURS.sub("", cell))


_LEAST = 20
"""The smallest width, in columns, to which a cell is wrapped."""


def _columns(stream: TextIO | None) -> int:
    """The width of the terminal, in columns; 0 if ``stream`` is not a terminal."""
    try:
        # While rich shows progress, its stand-in for the stream has the descriptor, but denies that it is a terminal.
        shown = stream is not None and os.isatty(stream.fileno())
    except (OSError, ValueError):
        shown = False
    return shutil.get_terminal_size().columns if shown else 0


def _wrapped(text: str, room: int) -> str:
    """Wraps ``text`` to ``room`` columns without breaking words; unchanged without a terminal."""
    if room < _LEAST:
        return text
    return "\n".join(_folded(line, room) if _length(line) > room else line for line in text.split("\n"))


def _folded(line: str, room: int) -> str:
    indent = " " * (len(line) - len(line.lstrip(" ")) + 4)
    return textwrap.fill(line, room, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def plain(problem: Problem) -> dict[str, Any]:
    """``problem`` for ``--json``, with ``status`` and ``detail`` as in every command."""
    return {
        "status": problem.severity,
        "file": problem.file,
        "line": problem.line,
        "where": problem.where,
        "detail": problem.message,
        "hint": problem.hint,
    }


def problems(found: Sequence[Problem]) -> None:
    """Prints every problem, then their number."""
    for problem in found:
        say(str(problem))
    total(found)


def total(found: Sequence[Problem]) -> None:
    """Prints how many problems and warnings there are."""
    errors = sum(problem.severity == "error" for problem in found)
    warnings = len(found) - errors
    counts = [
        f"{count} {noun}{'s' * (count != 1)}" for count, noun in ((errors, "problem"), (warnings, "warning")) if count
    ]
    say(", ".join(counts))


def inert(text: str) -> str:
    """``text`` without control characters and workflow commands: parts of it come from providers and clients."""
    plain = _COLOURS.split(text)
    colours = [*_COLOURS.findall(text), ""]
    shown = "".join(f"{_harmless(part)}{colour}" for part, colour in zip(plain, colours, strict=True))
    return _COMMANDS.sub(r"\1?", shown)


def _harmless(text: str) -> str:
    return (
        text if text.isprintable() else "".join(each if each.isprintable() or each in "\n\t" else "?" for each in text)
    )


def marked(text: str, *, good: bool) -> str:
    """Colours ``text`` green or red if the terminal supports it."""
    if os.environ.get("NO_COLOR") or not (sys.stdout and sys.stdout.isatty()):
        return text
    return click.style(text, fg="green" if good else "red")
