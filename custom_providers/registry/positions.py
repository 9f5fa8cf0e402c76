"""A path within the registry as people find it: the line, the provider's name and the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custom_providers.keys.redaction import in_one_line, looks_like_key
from custom_providers.registry.problems import Problem, Severity
from custom_providers.registry.shapes import Path, Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """Where the values of one file are."""

    file: str
    lines: Mapping[Path, int]
    provider_names: Sequence[object]
    """As they are in the file, valid or not."""

    def problem(self, violation: Violation, *, severity: Severity = "error") -> Problem:
        """``violation`` with its file, line and field."""
        return Problem(
            file=self.file,
            line=nearest_line(self.lines, violation.path),
            where=self._where(violation.path),
            message=violation.message,
            hint=violation.hint,
            severity=severity,
        )

    def _where(self, path: Path) -> str:
        if path[:1] != ("provider",) or len(path) < 2:
            return dotted(path)
        name = self.provider_names[int(path[1])]
        owner = f'provider "{name}"' if isinstance(name, str) and not looks_like_key(name) else f"provider {path[1]}"
        return f"{in_one_line(owner)}: {dotted(path[2:])}" if path[2:] else in_one_line(owner)


def nearest_line(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of ``path``, else of the nearest table around it."""
    around = (path[:length] for length in range(len(path), 0, -1))
    return next((lines[part] for part in around if part in lines), None)


def dotted(path: Path) -> str:
    """``headers.X-Title`` or ``models[0].id``; a part that looks like a key is not shown."""
    parts = ("(looks like a key)" if isinstance(part, str) and looks_like_key(part) else part for part in path)
    dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return in_one_line(dotted).removeprefix(".")
