"""``docs/registry.md``: the declarations of the format as Markdown, with a text and a tested example."""

from __future__ import annotations

import json
from importlib import resources

from custom_providers.providers.known import KNOWN
from custom_providers.registry import fields
from custom_providers.registry.tables import Field, Record

_TABLES = {
    "provider": fields.PROVIDER,
    "model": fields.MODEL,
    "alias": fields.ALIAS,
    "gateway": fields.GATEWAY,
    "audit": fields.AUDIT,
    "alerts": fields.ALERTS,
}


def example() -> str:
    """A registry that uses every field."""
    return _resource("example.toml")


def text() -> str:
    """The page."""
    tables = {name: _table(record) for name, record in _TABLES.items()}
    return _resource("reference.md").format(example=example(), known=", ".join(f"`{name}`" for name in KNOWN), **tables)


def _resource(name: str) -> str:
    return resources.files("pointsman.config").joinpath(name).read_text(encoding="utf-8")


def _table(record: Record) -> str:
    rows = [
        f"| `{field.name}` | {field.shape.named()} | {_default(field)} | {field.doc.replace('|', '&#124;')} |"
        for field in record.fields
    ]
    return "\n".join(["| field | type | default | meaning |", "|---|---|---|---|", *rows])


def _default(field: Field) -> str:
    if field.required:
        return "required"
    if field.from_profile:
        return "the provider's"
    return "none" if field.default in (None, "", ()) else f"`{json.dumps(field.default)}`"
