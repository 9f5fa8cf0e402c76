"""``docs/registry.md``: the format's own declarations as Markdown, around a text and an example that are tested."""

from __future__ import annotations

import dataclasses
import json
from importlib import resources

from custom_providers.gate.bounds import Bounds
from custom_providers.providers.known import KNOWN
from custom_providers.registry import fields
from custom_providers.registry.model import Alerts, Audit, Gateway, Model, Provider
from custom_providers.registry.shapes import Field, Record
from custom_providers.routing.resolver import Options

_TABLES: dict[str, tuple[Record, tuple[type, ...]]] = {
    "provider": (fields.PROVIDER, (Provider,)),
    "model": (fields.MODEL, (Model,)),
    "alias": (fields.ALIAS, (Options,)),
    "gateway": (fields.GATEWAY, (Gateway, Bounds)),
    "audit": (fields.AUDIT, (Audit,)),
    "alerts": (fields.ALERTS, (Alerts,)),
}
"""Each table's format, and the classes whose defaults are the fields'."""


def example() -> str:
    """A registry in which every field occurs."""
    return _resource("example.toml")


def text() -> str:
    """The page."""
    tables = {name: _table(record, classes) for name, (record, classes) in _TABLES.items()}
    return _resource("reference.md").format(example=example(), known=", ".join(f"`{name}`" for name in KNOWN), **tables)


def _resource(name: str) -> str:
    return resources.files("pointsman.config").joinpath(name).read_text(encoding="utf-8")


def _table(record: Record, classes: tuple[type, ...]) -> str:
    rows = [
        f"| `{field.name}` | {field.shape.named()} | {_default(field, classes)} | {field.doc.replace('|', '&#124;')} |"
        for field in record.fields
    ]
    return "\n".join(["| field | type | default | meaning |", "|---|---|---|---|", *rows])


def _default(field: Field, classes: tuple[type, ...]) -> str:
    if field.required:
        return "required"
    members = {member.name: member for owner in classes for member in dataclasses.fields(owner)}
    member = members.get(field.name)
    if member is None or (member.default is dataclasses.MISSING and member.default_factory is dataclasses.MISSING):
        return "the provider's"
    if member.default is dataclasses.MISSING or member.default in (None, "", ()):
        return "none"
    return f"`{json.dumps(member.default)}`"
