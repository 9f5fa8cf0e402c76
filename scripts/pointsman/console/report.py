"""What the command says: results on stdout, talk on stderr."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from custom_providers.registry.problems import Problem


def result(text: str) -> None:
    """Prints a product of the command."""
    click.echo(text)


def as_json(data: Any) -> None:
    """Prints a product of the command as JSON, for programs."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def say(text: str) -> None:
    """Talks to the person; where nobody can hear it, as with a full log, what is talked of goes on."""
    with contextlib.suppress(OSError):
        click.echo(text, err=True)


def table(rows: Iterable[Sequence[str]]) -> None:
    """Prints rows as columns that line up."""
    lines = [tuple(row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    for line in lines:
        result("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def problems(found: Sequence[Problem]) -> None:
    """Tells of every problem, the number last."""
    for problem in found:
        say(str(problem))
    errors = sum(problem.severity == "error" for problem in found)
    warnings = len(found) - errors
    counts = [
        f"{count} {noun}{'s' * (count != 1)}" for count, noun in ((errors, "problem"), (warnings, "warning")) if count
    ]
    say(", ".join(counts))


def marked(text: str, *, good: bool) -> str:
    """``text`` in green or red on a terminal that wants colours."""
    if os.environ.get("NO_COLOR") or not (sys.stdout and sys.stdout.isatty()):
        return text
    return click.style(text, fg="green" if good else "red")
