"""The tools of a request are adapted to Kimi."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_providers.kimi.account.catalogue import traits
from custom_providers.kimi.account.systems import KIMI_CODE, PLATFORM
from custom_providers.kimi.request.tools import settle, wire_id, wire_name

K3, K26 = traits("k3", KIMI_CODE), traits("kimi-k2.6", PLATFORM)
NAMED = {"type": "function", "function": {"name": "b"}}


def tool(name: str, **more: Any) -> dict[str, Any]:
    """Returns a function tool."""
    return {"type": "function", "function": {"name": name, **more}}


def names(tools: Any) -> list[str]:
    """The names of the tools on the wire."""
    return [entry["function"]["name"] for entry in tools]


def test_at_most_128_tools_go():
    """Kimi refuses more ("a max of 128 tools"); the first 128 are kept, and the change is reported."""
    settled = settle({"tools": [tool(f"t{n}") for n in range(200)]}, K3, thinking=True)
    assert names(settled.tools) == [f"t{n}" for n in range(128)]
    assert settled.adjusted == ("tools",)


def test_the_first_of_a_name_stays_in_its_place():
    """Kimi refuses duplicates: "function name X is duplicated"."""
    settled = settle({"tools": [tool("a", description="1"), tool("b"), tool("a", description="2")]}, K3, thinking=True)
    assert [entry["function"].get("description") for entry in settled.tools] == ["1", None]
    assert names(settled.tools) == ["a", "b"]


def test_tools_of_other_providers_are_left_out():
    """LiteLLM passes Anthropic's hosted tools unchanged; Kimi's built-in tools are kept."""
    builtin = {"type": "builtin_function", "function": {"name": "$web_search"}}
    settled = settle({"tools": [{"type": "computer_20250124", "name": "computer"}, builtin]}, K3, thinking=True)
    assert settled.tools == (builtin,)
    assert settled.adjusted == ("tools",)


def test_marks_of_other_providers_are_taken_off():
    """Cache marks and similar fields are not part of a function."""
    marked = {**tool("a", description="d", cache_control={"type": "ephemeral"}), "cache_control": {"type": "ephemeral"}}
    settled = settle({"tools": [marked]}, K3, thinking=True)
    assert settled.tools == ({"type": "function", "function": {"name": "a", "description": "d"}},)
    assert settled.adjusted == ()


@pytest.mark.parametrize(
    ("choice", "thinking", "traits", "expected"),
    [
        ("auto", True, K3, (["a", "b"], "auto", False)),
        ("none", True, K26, (["a", "b"], "none", False)),
        (None, True, K3, (["a", "b"], None, False)),
        ("required", True, K3, (["a", "b"], "required", False)),
        ("any", True, K3, (["a", "b"], "required", False)),
        ({"type": "any"}, True, K3, (["a", "b"], "required", False)),
        ("required", True, K26, (["a", "b"], "auto", True)),
        (NAMED, True, K3, (["b"], "required", True)),
        (NAMED, True, K26, (["a", "b"], "auto", True)),
        (NAMED, False, K26, (["a", "b"], NAMED, False)),
        ({"type": "function", "function": {"name": "zzz"}}, True, K3, (["a", "b"], "required", True)),
    ],
)
def test_the_choice_is_the_nearest_that_kimi_takes(choice: Any, thinking: bool, traits: Any, expected: Any):
    """A forced tool stays forced where possible, by removing all other tools."""
    settled = settle({"tools": [tool("a"), tool("b")], "tool_choice": choice}, traits, thinking=thinking)
    assert (names(settled.tools), settled.choice, "tool_choice" in settled.adjusted) == expected


def test_a_choice_without_tools_goes():
    """Kimi refuses a choice without tools."""
    settled = settle({"tools": [], "tool_choice": "auto"}, K3, thinking=True)
    assert (settled.tools, settled.choice) == ((), None)


def test_names_that_kimi_refuses_are_replaced_and_known_again():
    """The tool call in the response has the client's original name."""
    settled = settle({"tools": [tool("mcp.server/read"), tool("ok")]}, K3, thinking=True)
    wire, plain = names(settled.tools)
    assert plain == "ok"
    assert settled.renamed == {wire: "mcp.server/read"}


@given(st.text(min_size=1, max_size=200))
def test_any_name_becomes_one_that_kimi_takes(name: str):
    """The name matches Kimi's pattern, is deterministic, and is unchanged if it was valid or built in."""
    wire = wire_name(name)
    fits = re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_-]{0,127}", wire)
    assert fits or name.startswith("$")
    assert wire == wire_name(name) == wire_name(wire)


def test_long_ids_are_shortened_the_same_way_everywhere():
    """A call and its result must have the same id."""
    long = "call_" + "x" * 500
    assert len(wire_id(long)) <= 64
    assert wire_id(long) == wire_id(long) != wire_id(long + "y")
    assert wire_id("functions.read:0") == "functions.read:0"
