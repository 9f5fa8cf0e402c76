"""The JSON Schema and the validation accept and reject the same files."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError  # type: ignore[import-untyped]  # it has no types
from jsonschema.validators import extend  # type: ignore[import-untyped]  # as above

from custom_providers.registry import fields
from custom_providers.registry.tables import Record
from pointsman.config import schema
from tests.conftest import REGISTRY
from tests.pointsman.conftest import Command
from tests.running import REPOSITORY


def _pattern(_validator: object, pattern: str, value: object, _schema: object) -> Iterator[ValidationError]:
    """Matches like JSON Schema's JavaScript expressions, in which "$" does not allow a final line break."""
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


VALIDATOR = extend(Draft202012Validator, {"pattern": _pattern})(json.loads(schema.text()))
GOLDEN = REPOSITORY / "tests" / "registry" / "cases"
CASES = [case for case in sorted(GOLDEN.glob("*.toml")) if not case.stem.startswith("not_toml")]
WRONG_AND_RIGHT: tuple[object, ...] = (
    *("", " ", "x", "X_Y", "a b", "a/", "/", ":tag", "-tag", "*", "a,b", "auto", "caller", "openai", "bearer"),
    *("http://h", "https://h/v1", "https://user:pw@h", "op://a/b/c", "op://a", "claude-code/1.0.0"),
    *(True, False, 0, 1, -1, 3.5, 11, 4000, 70_000, 10**12),
    *([], ["x"], ["a/"], [":t"], [""], [3], [["x"]], [{"id": "m"}], [{"id": ""}], [{"id": "m", "vision": 1}]),
    *({}, {"x": "y"}, {"x": 1}, {"id": "m"}, {"enabled": True}, {"port": 1}, {"port": "1"}, {"nonsense": 1}),
)


def _judged(raw: Any) -> tuple[bool, bool]:
    """Whether the validation finds a structural error, and whether the schema does."""
    return any(fields.ROOT.violations(raw, ())), not VALIDATOR.is_valid(raw)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(VALIDATOR.schema)


@pytest.mark.parametrize("path", [REGISTRY, REPOSITORY / "providers.toml"], ids=lambda path: path.name)
def test_a_sound_registry_fits(path: Path):
    assert list(VALIDATOR.iter_errors(tomllib.loads(path.read_text()))) == []


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_broken_registry_is_refused_by_both_if_the_fault_is_one_of_shape(case: Path):
    validation, editor = _judged(tomllib.loads(case.read_text()))

    assert validation == editor


def test_the_cases_hold_faults_of_both_sorts():
    """Otherwise the previous test would compare nothing."""
    judged = {_judged(tomllib.loads(case.read_text())) for case in CASES}

    assert judged == {(True, True), (False, False)}


def _tables() -> list[tuple[str, Record, tuple[str | int, ...]]]:
    """Every table of the format, and its place in the tests' registry."""
    moonshot = [row["name"] for row in tomllib.loads(REGISTRY.read_text())["provider"]].index("moonshot")
    tables: list[tuple[str, Record, tuple[str | int, ...]]] = [
        ("provider", fields.PROVIDER, ("provider", moonshot)),
        ("model", fields.MODEL, ("provider", moonshot, "models", 1)),
        ("root", fields.ROOT, ()),
    ]
    named = {field.name: field.shape for field in fields.ROOT.fields if isinstance(field.shape, Record)}
    return tables + [(name, record, (name,)) for name, record in named.items()]


@pytest.mark.parametrize(("_name", "record", "place"), _tables(), ids=[name for name, _, _ in _tables()])
def test_every_field_of_every_table_is_judged_alike(_name: str, record: Record, place: tuple[str | int, ...]):
    """Each field is set to every value, right or wrong, and removed."""
    sound = tomllib.loads(REGISTRY.read_text())
    disagreed = []
    for field in (*(field.name for field in record.fields), "not_known"):
        for value in (*WRONG_AND_RIGHT, None):
            raw = copy.deepcopy(sound)
            table: Any = raw
            for part in place:
                table = table.setdefault(part, {}) if isinstance(part, str) else table[part]
            table.pop(field, None)
            if value is not None:
                table[field] = value
            validation, editor = _judged(raw)
            if validation != editor:
                disagreed.append((field, value, validation))

    assert disagreed == []


def test_every_field_is_explained():
    provider = VALIDATOR.schema["properties"]["provider"]["items"]

    assert all(member["description"] for member in provider["properties"].values())


def test_the_committed_schema_is_the_formats():
    assert (REPOSITORY / schema.FILE).read_text() == schema.text()


def test_it_is_written_once_and_then_up_to_date(pointsman: Command, folder: Path):
    assert pointsman("schema", "--check").returncode == 1
    assert not (folder / schema.FILE).exists()

    written, again = pointsman("schema"), pointsman("schema", "--check")

    assert (written.stderr, written.returncode) == ("providers.schema.json: written\n", 0)
    assert (again.stderr, again.returncode) == ("providers.schema.json: up to date\n", 0)
    assert (folder / schema.FILE).read_text() == schema.text()


def test_it_is_printed_on_request(pointsman: Command, folder: Path):
    assert pointsman("schema", "-o", "-").stdout == schema.text()
    assert not (folder / schema.FILE).exists()
