"""Tool calls in a history: invalid ones are reported with their position; those of real clients pass."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.request.fields.field_types import flaw

UNREADABLE: list[Any] = ["", '{"a":', '{"a":1}{"b":2}', {"a": 1}, None, 5, "[]", '"text"', "null", "[" * 100_000]
READABLE = ["{}", ' {"a": 1}\n', '{"a": NaN}', '{"a": "\\ud800"}']
ASKED = {"role": "user", "content": "hi"}
CUSTOM_ITEM = {"type": "custom_tool_call", "call_id": "c", "name": "apply_patch", "input": "*** Begin"}


def _chat(arguments: Any, **call: Any) -> dict[str, Any]:
    function = {"name": "f", "arguments": arguments}
    turn = {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": function, **call}]}
    return {"messages": [ASKED, turn, {"role": "tool", "tool_call_id": "c", "content": "done"}]}


IMAGE = {"type": "base64", "media_type": "image/png", "data": "AAAA"}


def _responses(arguments: Any, **call: Any) -> dict[str, Any]:
    item = {"type": "function_call", "call_id": "c", "name": "f", "arguments": arguments, **call}
    return {"input": [ASKED, item, {"type": "function_call_output", "call_id": "c", "output": "done"}]}


def _messages(**block: Any) -> dict[str, Any]:
    use = {"type": "tool_use", "id": "c", "name": "f", "input": {}, **block}
    answered = {"type": "tool_result", "tool_use_id": "c", "content": "done"}
    return {"messages": [ASKED, {"role": "assistant", "content": [use]}, {"role": "user", "content": [answered]}]}


@pytest.mark.parametrize("arguments", UNREADABLE, ids=lambda value: repr(value)[:20])
def test_arguments_that_are_not_one_json_object_are_named_with_their_place(arguments: Any):
    rule = 'must be one JSON object as text; "{}" for none'
    assert flaw(_chat(arguments), "acompletion") == f"messages[1].tool_calls[0].function.arguments {rule}"
    assert flaw(_responses(arguments), "aresponses") == f"input[1].arguments {rule}"
    legacy = {"messages": [ASKED, {"role": "assistant", "function_call": {"name": "f", "arguments": arguments}}]}
    assert flaw(legacy, "acompletion") == f"messages[1].function_call.arguments {rule}"


@pytest.mark.parametrize("arguments", READABLE)
def test_one_json_object_passes(arguments: str):
    assert flaw(_chat(arguments), "acompletion") is None
    assert flaw(_responses(arguments), "aresponses") is None


@pytest.mark.parametrize(
    ("request_", "call_type", "says"),
    [
        (_chat("{}", type=None), "acompletion", 'messages[1].tool_calls[0] has no type: "function" or "custom"'),
        (_chat("{}", function={"arguments": "{}"}), "acompletion", "messages[1].tool_calls[0].function.name must"),
        (_chat("{}", id=None), "acompletion", "messages[1].tool_calls[0].id must be text"),
        ({"messages": [ASKED, {"role": "tool", "content": "x"}]}, "acompletion", "messages[1].tool_call_id must be"),
        (_messages(input='{"a":'), "anthropic_messages", "messages[1].content[0].input must be an object"),
        (_messages(input=None), "anthropic_messages", "messages[1].content[0].input must be an object"),
        (_messages(name=None), "anthropic_messages", "messages[1].content[0].name must be text"),
        (_messages(id=5), "anthropic_messages", "messages[1].content[0].id must be text"),
        (_responses("{}", type=None), "aresponses", "input[1] has no type"),
        (_responses("{}", call_id=""), "aresponses", "input[1].call_id must be text"),
        (_responses("{}", name=None), "aresponses", "input[1].name must be text"),
        ({"input": [{**CUSTOM_ITEM, "call_id": None}]}, "aresponses", "input[0].call_id must be text"),
        ({"input": [{**CUSTOM_ITEM, "input": None}]}, "aresponses", "input[0].input must be text"),
        ({"input": [{**CUSTOM_ITEM, "name": None}]}, "aresponses", "input[0].name must be text"),
        (_chat("{}", type="custom"), "acompletion", "messages[1].tool_calls[0].custom must be an object with a name"),
        (_chat("{}", type="custom", custom={"name": "f"}), "acompletion", "messages[1].tool_calls[0].custom must be"),
        ({"messages": [ASKED, {"role": "function", "content": "x"}]}, "acompletion", "messages[1].name must be text"),
        ({"messages": [{"role": "assistant", "function_call": "f"}]}, "acompletion", "messages: function_call must be"),
    ],
)
def test_what_is_missing_is_named(request_: dict[str, Any], call_type: str, says: str):
    assert str(flaw(request_, call_type)).startswith(says)


@pytest.mark.parametrize("content", [5, {"a": 1}, ["x"], [{}], [{"type": "text", "text": None}]], ids=repr)
def test_a_result_that_would_be_lost_is_named(content: Any):
    result = {"type": "tool_result", "tool_use_id": "c", "content": content}
    found = flaw({"messages": [{"role": "user", "content": [result]}]}, "anthropic_messages")
    assert str(found).startswith("messages[0].content[0].content must be text, or a list of objects")


@pytest.mark.parametrize("content", ["", None, [], [{"type": "image", "source": IMAGE}]], ids=repr)
def test_other_results_pass(content: Any):
    result = {"type": "tool_result", "tool_use_id": "c", "content": content}
    assert flaw({"messages": [{"role": "user", "content": [result]}]}, "anthropic_messages") is None


def test_what_clients_send_beside_functions_passes():
    """For example Codex's free-form tools, references to stored items, and messages without a type."""
    custom = {"id": "c", "type": "custom", "custom": {"name": "apply_patch", "input": "*** Begin"}}
    assert flaw({"messages": [ASKED, {"role": "assistant", "tool_calls": [custom]}]}, "acompletion") is None
    items: list[Any] = [
        ASKED,
        {"id": "rs_1"},
        {"type": "reasoning", "summary": []},
        {"type": "item_reference", "id": "a"},
        CUSTOM_ITEM,
    ]
    assert flaw({"input": items}, "aresponses") is None
    assert flaw({"input": "text"}, "aresponses") is None
    assert flaw(_messages(), "anthropic_messages") is None
