"""The messages of a request are adapted to Kimi."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.kimi.request.history import clean

USER = {"role": "user", "content": "hi"}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (USER, USER),
        ({"role": "developer", "content": "x"}, {"role": "system", "content": "x"}),
        (
            {
                "role": "user",
                "content": [{"type": "text", "text": ""}, {"type": "text", "text": "a", "cache_control": {}}],
            },
            {"role": "user", "content": [{"type": "text", "text": "a"}]},
        ),
        (
            {"role": "assistant", "content": "a", "refusal": None, "annotations": [], "reasoning_content": "r"},
            {"role": "assistant", "content": "a", "reasoning_content": "r"},
        ),
        (
            {"role": "assistant", "content": " ", "reasoning_content": "", "tool_calls": [{**CALL, "index": 0}]},
            {"role": "assistant", "tool_calls": [CALL], "reasoning_content": " "},
        ),
        (
            {"role": "assistant", "content": "Look:", "tool_calls": [CALL], "reasoning_content": "r"},
            {"role": "assistant", "content": "Look:", "tool_calls": [CALL], "reasoning_content": "r"},
        ),
        (
            {"role": "assistant", "tool_calls": [{**CALL, "function": {"name": "f", "arguments": {"a": 1}}}]},
            {
                "role": "assistant",
                "tool_calls": [{**CALL, "function": {"name": "f", "arguments": '{"a": 1}'}}],
                "reasoning_content": " ",
            },
        ),
        ({"role": "tool", "tool_call_id": "c", "content": []}, {"role": "tool", "tool_call_id": "c", "content": ""}),
        (
            {"role": "tool", "tool_call_id": "c", "content": [{"type": "tool_reference", "tool_name": "read"}]},
            {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "tool: read"}]},
        ),
        ({"role": "system", "tools": [{"x": 1}]}, {"role": "system", "tools": [{"x": 1}]}),
        (
            {"role": "assistant", "content": "Once", "partial": True, "name": "n"},
            {"role": "assistant", "content": "Once", "partial": True, "name": "n"},
        ),
    ],
)
def test_a_message_is_cleaned(message: dict[str, Any], expected: dict[str, Any]):
    """Empty parts and other providers' fields are removed, reasoning moves to Kimi's field, the rest is unchanged."""
    before = repr(message)
    (sent, *_), _ = clean([message, USER], thinking=True)
    assert sent == expected
    assert repr(message) == before


@pytest.mark.parametrize(
    "empty",
    [
        {"role": "assistant", "content": ""},
        {"role": "assistant", "content": None},
        {"role": "assistant", "content": "", "reasoning_content": "spent"},
        {"role": "user", "content": [{"type": "text", "text": ""}]},
        {"role": "system", "content": ""},
    ],
)
def test_a_message_that_says_nothing_is_left_out(empty: dict[str, Any]):
    """An empty answer whose budget went into reasoning would otherwise cause a 400 for the rest of the session."""
    assert clean([USER, empty, USER], thinking=True) == ([USER, USER], ("messages",))


def test_a_request_of_nothing_is_left_to_kimi():
    """Kimi's error for these messages is clearer than its error for an empty list."""
    sent, adjusted = clean([{"role": "user", "content": ""}], thinking=True)
    assert (len(sent), adjusted) == (1, ())


def test_without_thinking_no_reasoning_is_echoed():
    """Kimi refuses it: "Extra inputs are not permitted"."""
    message = {
        "role": "assistant",
        "content": "a",
        "reasoning_content": "r",
        "thinking_blocks": [{}],
        "tool_calls": [CALL],
    }
    (sent,), _ = clean([message], thinking=False)
    assert sent == {"role": "assistant", "content": "a", "tool_calls": [CALL]}


def test_thinking_blocks_stay_for_the_anthropic_wire():
    """The OpenAI wire family gets them as reasoning."""
    block = {"type": "thinking", "thinking": "t", "signature": "s"}
    (sent,), _ = clean([{"role": "assistant", "content": "a", "thinking_blocks": [block]}], thinking=True)
    assert sent == {"role": "assistant", "content": "a", "thinking_blocks": [block], "reasoning_content": "t"}


def test_long_ids_and_odd_names_agree_between_call_and_result():
    """Calls and results are shortened and renamed in the same way."""
    long = "call_" + "x" * 100
    odd = {"id": long, "type": "function", "function": {"name": "a.b", "arguments": "{}"}}
    (turn, result), _ = clean(
        [{"role": "assistant", "tool_calls": [odd]}, {"role": "tool", "tool_call_id": long, "content": "x"}],
        thinking=True,
    )
    assert turn["tool_calls"][0]["id"] == result["tool_call_id"]
    assert len(result["tool_call_id"]) <= 64
