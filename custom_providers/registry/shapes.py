"""The shapes a value in ``providers.toml`` can have: each checks a value and describes itself as JSON Schema."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from custom_providers.keys.redaction import shown

Path = tuple[str | int, ...]
"""The keys that lead to a value and, in arrays, 0-based positions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A value that does not have the required shape."""

    path: Path
    message: str
    hint: str


class Shape(Protocol):
    """The required shape of a field's value."""

    def violations(self, value: object, path: Path) -> Iterator[Violation]:
        """All problems of ``value``; empty if it is valid."""

    def named(self) -> str:
        """The type in a word or two, for documentation."""

    def schema(self) -> dict[str, object]:
        """The same rule as a JSON Schema (draft 2020-12) fragment."""


def similar(name: str, known: Iterable[str]) -> str:
    """The known name that ``name`` may be meant for; empty if none is similar."""
    # The default ratio, 0.6, suggests unrelated words.
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.75)), "")


def type_name(value: object) -> str:
    """TOML's name for the type of ``value``."""
    names = {
        str: "a string",
        bool: "a boolean",
        int: "an integer",
        float: "a float",
        list: "an array",
        dict: "a table",
    }
    return names.get(type(value), "a date or time")


def wrong_type(value: object, wanted: str, path: Path) -> Violation:
    """The violation of a value of another type."""
    return Violation(path=path, message=f"is {type_name(value)}", hint=f"it must be {wanted}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A string that is not blank, optionally from a list or of a pattern."""

    choices: tuple[str, ...] = ()
    pattern: str = ""
    """A regular expression that the whole string must match; the same text serves Python and JSON Schema."""
    holds: Callable[[str], bool] | None = None
    """A further condition, which JSON Schema cannot express."""
    expects: str = "a string that is not empty"

    def violations(self, value: object, path: Path) -> Iterator[Violation]:
        if not isinstance(value, str):
            yield wrong_type(value, self.expects, path)
        elif self.choices and value not in self.choices:
            close = similar(value, self.choices)
            hint = f'did you mean "{close}"? ' if close else ""
            yield Violation(
                path=path,
                message=f"{shown(value)} is not allowed",
                hint=f"{hint}allowed: {', '.join(self.choices)}",
            )
        elif not value.strip():
            yield Violation(path=path, message="is empty", hint=f"it must be {self.expects}")
        elif not self._fits(value):
            yield Violation(path=path, message=f"{shown(value)} is not valid", hint=f"it must be {self.expects}")

    def named(self) -> str:
        return " or ".join(f'`"{choice}"`' for choice in self.choices) or "string"

    def schema(self) -> dict[str, object]:
        if self.choices:
            return {"type": "string", "enum": list(self.choices)}
        return {"type": "string", "pattern": self.pattern or r"\S"}

    def _fits(self, value: str) -> bool:
        # A "$" alone would accept a line break at the end.
        whole = not self.pattern or re.fullmatch(self.pattern, value) is not None
        return whole and (self.holds is None or self.holds(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A boolean."""

    def violations(self, value: object, path: Path) -> Iterator[Violation]:
        if not isinstance(value, bool):
            yield wrong_type(value, "true or false", path)

    def named(self) -> str:
        return "boolean"

    def schema(self) -> dict[str, object]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """Only ``false``, which switches the field's meaning off."""

    def violations(self, value: object, path: Path) -> Iterator[Violation]:
        if value is not False:
            yield wrong_type(value, "a string, or false", path)

    def named(self) -> str:
        return "`false`"

    def schema(self) -> dict[str, object]:
        return {"const": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Anything:
    """Any JSON value: no dates, no infinite numbers."""

    def violations(self, value: object, path: Path) -> Iterator[Violation]:
        if isinstance(value, list):
            for position, item in enumerate(value):
                yield from self.violations(item, (*path, position))
        elif isinstance(value, dict):
            for key, item in value.items():
                yield from self.violations(item, (*path, key))
        elif not isinstance(value, str | bool | int | float) or (isinstance(value, float) and not math.isfinite(value)):
            yield wrong_type(value, "a value that JSON has", path)

    def named(self) -> str:
        return "any"

    def schema(self) -> dict[str, object]:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number within bounds; ``whole`` ones are integers."""

    least: float
    most: float
    whole: bool = False
    unit: str = ""

    def violations(self, value: object, path: Path) -> Iterator[Violation]:
        allowed = int if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, allowed):
            yield wrong_type(value, self._expects(), path)
        elif not self.least <= value <= self.most:
            yield Violation(path=path, message=f"{value} is out of range", hint=f"it must be {self._expects()}")

    def named(self) -> str:
        return "integer" if self.whole else "number"

    def schema(self) -> dict[str, object]:
        return {"type": "integer" if self.whole else "number", "minimum": self.least, "maximum": self.most}

    def _expects(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        unit = f" of {self.unit}" if self.unit else ""
        return f"{kind}{unit} from {self.least:g} to {self.most:.12g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    """An array whose items all have one shape."""

    item: Shape
    expects: str = "an array"

    def violations(self, value: object, path: Path) -> Iterator[Violation]:
        if not isinstance(value, list):
            yield wrong_type(value, self.expects, path)
            return
        for position, item in enumerate(value):
            yield from self.item.violations(item, (*path, position))

    def named(self) -> str:
        return f"array of {self.item.named()}"

    def schema(self) -> dict[str, object]:
        return {"type": "array", "items": self.item.schema()}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOf:
    """A table with free keys whose values all have one shape, and the keys one too."""

    key: Text
    value: Shape

    def violations(self, value: object, path: Path) -> Iterator[Violation]:
        if not isinstance(value, dict):
            yield wrong_type(value, "a table", path)
            return
        for key, item in value.items():
            yield from self.key.violations(key, (*path, key))
            yield from self.value.violations(item, (*path, key))

    def named(self) -> str:
        return f"table of {self.value.named()}"

    def schema(self) -> dict[str, object]:
        return {
            "type": "object",
            "propertyNames": self.key.schema(),
            "additionalProperties": self.value.schema(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """A string of one shape, or a value of another shape that is no string."""

    first: Text
    second: Shape

    def violations(self, value: object, path: Path) -> Iterator[Violation]:
        if not isinstance(value, str):
            yield from self.second.violations(value, path)
            return
        for wrong in self.first.violations(value, path):
            others = "; ".join(other.hint for other in self.second.violations(value, path))
            yield replace(wrong, hint=f"{wrong.hint}; or {others}")

    def named(self) -> str:
        return f"{self.first.named()} or {self.second.named()}"

    def schema(self) -> dict[str, object]:
        return {"anyOf": [self.first.schema(), self.second.schema()]}
