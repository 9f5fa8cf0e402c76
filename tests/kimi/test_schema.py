"""Tool schemas are converted to MFJS."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_providers.kimi.request.schema import normalise
from pointsman.simulator.providers.kimi.refusals import flaws


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, {"type": "object"}),
        ({"properties": {}}, {"type": "object", "properties": {}}),
        (
            {"$schema": "x", "type": "object", "properties": {"a": {"$schema": "x", "type": "string"}}},
            {"type": "object", "properties": {"a": {"type": "string"}}},
        ),
        (
            {"type": "object", "properties": {"a": {"enum": [1, 2.5]}, "b": {"const": True}, "c": {"minimum": 1}}},
            {
                "type": "object",
                "properties": {
                    "a": {"type": "number", "enum": [1, 2.5]},
                    "b": {"type": "boolean", "const": True},
                    "c": {"type": "number", "minimum": 1},
                },
            },
        ),
        (
            {"type": "object", "properties": {"a": {"properties": {"b": {}}}, "c": {"items": {}}}},
            {
                "type": "object",
                "properties": {
                    "a": {"type": "object", "properties": {"b": {"type": "string"}}},
                    "c": {"type": "array", "items": {"type": "string"}},
                },
            },
        ),
        (
            {"type": "object", "properties": {"a": {"type": "array", "items": [{"type": "string"}, {}]}}},
            {
                "type": "object",
                "properties": {"a": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "string"}]}},
            },
        ),
        (
            {"type": "object", "properties": {"a": {"type": "string", "anyOf": [{"minLength": 1}, {"type": "null"}]}}},
            {
                "type": "object",
                "properties": {"a": {"anyOf": [{"type": "string", "minLength": 1}, {"type": "null"}]}},
            },
        ),
        (
            {"type": "object", "properties": {"a": {"$ref": "#/$defs/A", "description": "d"}}, "$defs": {"A": {}}},
            {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": "string"}}},
        ),
        (
            {"type": "object", "properties": {"type": {"enum": ["a"]}}, "additionalProperties": False},
            {
                "type": "object",
                "properties": {"type": {"type": "string", "enum": ["a"]}},
                "additionalProperties": False,
            },
        ),
    ],
)
def test_a_schema_becomes_mfjs(schema: dict[str, Any], expected: dict[str, Any]):
    """Everything that Kimi's validator refuses is removed, required parts are added, the rest is unchanged."""
    assert normalise(schema) == expected


_LEAVES: Any = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "object", "array"]),
        "enum": st.lists(st.one_of(st.text(max_size=3), st.integers(), st.booleans()), min_size=1, max_size=3),
        "description": st.text(max_size=5),
        "$schema": st.just("http://json-schema.org/draft-07/schema#"),
    },
)
_SCHEMAS = st.recursive(
    _LEAVES,
    lambda inner: st.builds(
        lambda leaf, more: {**leaf, **more},
        _LEAVES,
        st.fixed_dictionaries(
            {},
            optional={
                "properties": st.dictionaries(st.text(max_size=4), inner, max_size=3),
                "items": st.one_of(inner, st.lists(inner, max_size=2)),
                "anyOf": st.lists(inner, min_size=1, max_size=2),
            },
        ),
    ),
    max_leaves=8,
)


@given(_SCHEMAS)
def test_any_schema_becomes_one_that_kimi_takes(schema: dict[str, Any]):
    """The result has no flaw, the original is unchanged, and a second conversion changes nothing."""
    before = repr(schema)
    fitted = normalise({"type": "object", "properties": {"argument": schema}})
    assert not list(flaws(fitted))
    assert repr(schema) == before
    assert normalise(fitted) == fitted
