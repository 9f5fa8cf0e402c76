"""Tool schemas are fitted to Kimi's limits of size and depth."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_providers.kimi.account.catalogue import traits
from custom_providers.kimi.account.systems import KIMI_CODE
from custom_providers.kimi.request import tools
from custom_providers.kimi.request.schema_limits import fitted
from custom_providers.providers.kimi import SCHEMA_BYTES, SCHEMA_DEPTH
from pointsman.simulator.providers.kimi.refusals import levels, over_limits

ADDRESS = {
    "type": "object",
    "description": "Where somebody lives. " + "It is written as the post office of the country wants it. " * 4,
    "properties": {name: {"type": "string", "description": f"the {name} of it"} for name in ("street", "town", "code")},
}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _nested(depth: int) -> dict[str, Any]:
    return _object(inner=_nested(depth - 1)) if depth > 1 else _object(leaf={"type": "string"})


def test_a_schema_within_the_limits_is_the_same_object():
    schema = _object(**{f"a{number}": ADDRESS for number in range(10)})
    assert fitted(schema) is schema
    assert fitted(_nested(SCHEMA_DEPTH)) == _nested(SCHEMA_DEPTH)


def test_what_is_repeated_moves_to_defs_and_nothing_is_lost():
    schema = _object(**{f"a{number}": ADDRESS for number in range(60)})
    assert over_limits(schema) == "At path 'root': schema exceeds maximum allowed size"

    small = fitted(schema)

    assert over_limits(small) is None
    (name,) = small["$defs"]
    assert small["properties"]["a7"] == {"$ref": f"#/$defs/{name}"}
    assert small["$defs"][name] == ADDRESS


def test_definitions_of_ones_own_keep_their_names():
    schema = {
        **_object(**{f"a{number}": ADDRESS for number in range(60)}, b={"$ref": "#/$defs/s1"}),
        "$defs": {"s1": {"type": "string"}},
    }

    small = fitted(schema)

    assert small["$defs"]["s1"] == {"type": "string"}
    assert small["properties"]["a0"] != {"$ref": "#/$defs/s1"}


def test_nested_descriptions_are_shortened_before_they_go_and_the_roots_stays():
    told = {f"a{n}": {"type": "string", "description": f"{n}: " + "words " * 60} for n in range(50)}
    schema = {**_object(**told), "description": "What the whole is for. " * 10}

    small = fitted(schema)

    assert over_limits(small) is None
    assert small["description"] == schema["description"]
    assert small["properties"]["a3"]["description"] == schema["properties"]["a3"]["description"][:200]


def test_what_cannot_be_made_to_fit_goes_out_as_small_as_it_gets():
    schema = _object(**{f"property_{n}_" + "x" * 60: {"type": "string", "description": "x"} for n in range(300)})

    small = fitted(schema)

    assert over_limits(small)
    assert len(orjson.dumps(small)) < len(orjson.dumps(schema))


def test_what_is_too_deep_is_left_open_at_the_last_level():
    deep = _nested(SCHEMA_DEPTH + 4)
    assert over_limits(deep) == "At path 'root': schema depth exceeds maximum limit of 10"

    node: Any = fitted(deep)

    assert levels(node, node) == SCHEMA_DEPTH
    for _ in range(SCHEMA_DEPTH):
        node = node["properties"]["inner"]
    assert node == {"type": "object"}


@pytest.mark.parametrize("reference", ["#/$defs/Filter", "#/definitions/Filter", "#"])
def test_a_schema_within_itself_ends_there(reference: str):
    """For example the filter of an issue tracker, with and, or, not."""
    node = {
        "type": "object",
        "description": "a filter",
        "properties": {"name": {"type": "string"}, "all": {"type": "array", "items": {"$ref": reference}}},
    }
    table = reference.split("/")[1] if "/" in reference else ""
    schema = {**_object(filter={"$ref": reference}), table: {"Filter": node}} if table else node
    assert over_limits(schema)

    small = fitted(schema)

    assert over_limits(small) is None
    inner = small[table]["Filter"] if table else small
    assert inner["properties"]["all"]["items"] == {"type": "object", "description": "a filter"}


def test_a_definition_is_cut_for_its_deepest_use():
    schema = {**_nested(8), "$defs": {"D": _nested(5)}}
    node: Any = schema
    for _ in range(7):
        node = node["properties"]["inner"]
    node["properties"]["more"] = {"$ref": "#/$defs/D"}
    assert over_limits(schema)

    small = fitted(schema)

    assert over_limits(small) is None
    assert levels(small["$defs"]["D"], small) == 2


def test_references_that_unfold_without_end_cost_no_more_than_their_text():
    """Forty definitions, each with ten references to the next, would expand to 10**40 schemas."""
    chain: dict[str, Any] = {
        f"D{n}": _object(**{f"p{k}": {"$ref": f"#/$defs/D{n + 1}"} for k in range(10)}) for n in range(40)
    }
    schema = {**_object(start={"$ref": "#/$defs/D0"}), "$defs": {**chain, "D40": {"type": "string"}}}

    small = fitted(schema)

    assert len(small["$defs"]) == SCHEMA_DEPTH
    assert small["$defs"]["D9"] == {"type": "object"}


_NAMES = st.sampled_from(["a", "b", "c"])
_NODES = st.recursive(
    st.one_of(st.just({"type": "string"}), st.builds(lambda name: {"$ref": f"#/$defs/{name}"}, _NAMES)),
    lambda inner: st.one_of(
        st.builds(lambda properties: _object(**properties), st.dictionaries(_NAMES, inner, min_size=1)),
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda branches: {"anyOf": branches}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=12,
)


@given(_NODES, _NODES, _NODES, _NODES)
def test_any_references_end_within_the_limit(root: Any, a: Any, b: Any, c: Any):
    schema = {**_object(root=root), "$defs": {"a": _object(a=a), "b": _object(b=b), "c": _object(c=c)}}
    before = copy.deepcopy(schema)

    small = fitted(schema)

    assert over_limits(dict(small)) is None
    assert schema == before
    assert fitted(small) is small


def test_a_trimmed_schema_is_reported():
    tool = {"type": "function", "function": {"name": "f", "parameters": _nested(12)}}
    plain = {"type": "function", "function": {"name": "g", "parameters": _nested(2)}}

    settled = tools.settle({"tools": [tool, plain]}, traits("k3", KIMI_CODE), thinking=True)

    assert settled.adjusted == ("tools.parameters",)
    assert settled.tools[1]["function"]["parameters"] == _nested(2)
    assert len(orjson.dumps(settled.tools[0])) < SCHEMA_BYTES
