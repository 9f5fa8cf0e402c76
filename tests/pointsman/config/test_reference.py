"""docs/registry.md is generated from the format, and its example is valid and uses every field."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest

from custom_providers.registry import fields, loading
from custom_providers.registry.tables import Record
from pointsman.config import reference
from tests.pointsman.conftest import Command
from tests.running import REPOSITORY


def test_the_committed_page_is_the_formats(pointsman: Command):
    """`pointsman schema --docs > docs/registry.md` updates it."""
    assert (REPOSITORY / "docs" / "registry.md").read_text() == reference.text()
    assert pointsman("schema", "--docs").stdout == reference.text()


def test_its_example_is_sound():
    assert len(loading.parse(reference.example().encode(), "example.toml").providers) == 3


def _names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)


@pytest.mark.parametrize(
    "record", [fields.PROVIDER, fields.MODEL, fields.ALIAS, fields.GATEWAY, fields.AUDIT, fields.ALERTS]
)
def test_every_field_is_in_the_example_and_in_a_table(record: Record):
    used = set(_names(tomllib.loads(reference.example())))

    for field in record.fields:
        assert field.name in used
        assert f"| `{field.name}` |" in reference.text()
