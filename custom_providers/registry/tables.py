"""Tables of ``providers.toml`` as dataclasses: each field is declared with its shape and its documentation.

The validation, the JSON Schema and ``docs/registry.md`` all come from these declarations.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import MISSING, dataclass
from typing import Any

from custom_providers.registry.shapes import Path, Shape, Violation, similar, wrong_type

_LOOKS_LIKE_A_SECRET = re.compile(r"(^|_)(key|token|secret|password|credential)s?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One named member of a table."""

    name: str
    shape: Shape
    doc: str
    """One line, for messages, editors and the reference."""
    required: bool = False
    from_profile: bool = False
    """Whether the provider's profile has the default."""
    default: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A table with known members and no others."""

    fields: tuple[Field, ...]

    def violations(self, value: object, path: Path) -> Iterator[Violation]:
        if not isinstance(value, dict):
            yield wrong_type(value, "a table", path)
            return
        known = {field.name: field for field in self.fields}
        for key, item in value.items():
            if key in known:
                yield from known[key].shape.violations(item, (*path, key))
            else:
                yield Violation(path=(*path, key), message="unknown field", hint=self._instead_of(key))
        # A required field with a typo is one mistake.
        meant = {self._similar(key) for key in value if key not in known}
        for field in self.fields:
            if field.required and field.name not in value and field.name not in meant:
                yield Violation(path=(*path, field.name), message="is missing", hint=f"add it: {field.doc}")

    def named(self) -> str:
        return "table"

    def schema(self) -> dict[str, object]:
        return {
            "type": "object",
            "properties": {field.name: {"description": field.doc, **field.shape.schema()} for field in self.fields},
            "required": [field.name for field in self.fields if field.required],
            "additionalProperties": False,
        }

    def _instead_of(self, key: str) -> str:
        if close := self._similar(key):
            return f'did you mean "{close}"?'
        if _LOOKS_LIKE_A_SECRET.search(key):
            return "never write a key into this file: name its environment variable with auth_env"
        return f"fields here: {', '.join(field.name for field in self.fields)}"

    def _similar(self, key: str) -> str:
        return similar(key, [field.name for field in self.fields])


_FIELD = "field"


def declared(  # noqa: PLR0913 -- what a field can say, each by its name
    shape: Shape,
    doc: str,
    *,
    name: str = "",
    from_profile: bool = False,
    default: Any = MISSING,
    default_factory: Any = MISSING,
) -> Any:
    """A dataclass field that the file has too; ``name`` is its name there if that differs."""
    known = Field(
        name=name,
        shape=shape,
        doc=doc,
        required=default is MISSING and default_factory is MISSING and not from_profile,
        from_profile=from_profile,
        default=None if default is MISSING else default,
    )
    return dataclasses.field(default=default, default_factory=default_factory, metadata={_FIELD: known})


def record(*owners: type) -> Record:
    """The table whose fields the dataclasses ``owners`` declare."""
    members = [member for owner in owners for member in dataclasses.fields(owner) if _FIELD in member.metadata]
    return Record(
        fields=tuple(
            dataclasses.replace(known, name=known.name or member.name)
            for member in members
            for known in (member.metadata[_FIELD],)
        )
    )
