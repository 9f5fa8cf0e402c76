"""A problem in a file that people edit, and the error that carries all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, where, and what to do about it."""

    file: str
    line: int | None
    """1-based; None if the problem concerns the whole file, or no file."""
    where: str
    """The provider and field, as in ``provider "kimi": auth_env``; empty for the whole file."""
    message: str
    hint: str
    severity: Severity = "error"

    @property
    def place(self) -> str:
        """``file:line``, or the file alone."""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def __str__(self) -> str:
        """``file:line: where: message``, and the hint on the next line."""
        parts = filter(None, (self.place, self.where, self.message))
        hint = f"\n    hint: {self.hint}" if self.hint else ""
        mark = "warning: " if self.severity == "warning" else ""
        return mark + ": ".join(parts) + hint


class ConfigError(Exception):
    """All problems of one configuration."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class MissingError(FileNotFoundError):
    """There is no registry."""
