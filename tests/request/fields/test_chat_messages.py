"""Messages of chat completions keep their refusals, older function calls and free-form calls in other APIs."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.request.fields.chat_messages import translatable

USER = {"role": "user", "content": "hi"}
CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CUSTOM = {"id": "2", "type": "custom", "custom": {"name": "g", "input": "x"}}


def _said(**fields: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": None, **fields}


def _sent(*messages: dict[str, Any], free_form: bool = False) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = translatable({"messages": [*messages]}, free_form=free_form)["messages"]
    return sent


@pytest.mark.parametrize("message", [USER, _said(content="a", refusal=None), _said(tool_calls=[CALL])], ids=repr)
def test_what_every_api_has_stays(message: dict[str, Any]):
    assert _sent(message) == [message]


def test_a_refusal_is_the_text_that_it_is():
    assert _sent(USER, _said(refusal="no")) == [USER, _said(content="no")]
    parts = [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "no"}]
    texts = [{"type": "text", "text": "a"}, {"type": "text", "text": "no"}]
    assert _sent(_said(content=parts)) == [_said(content=texts)]


def test_an_older_call_and_its_result_belong_together():
    called = _said(function_call={"name": "f", "arguments": "{}"})
    result = {"role": "function", "name": "f", "content": "done"}

    turn, answer = _sent(USER, called, result)[1:]

    (call,) = turn["tool_calls"]
    assert (call["type"], call["function"]) == ("function", {"name": "f", "arguments": "{}"})
    assert "function_call" not in turn
    assert answer == {"role": "tool", "tool_call_id": call["id"], "content": "done"}


def test_a_free_form_call_keeps_its_input():
    (turn,) = _sent(_said(tool_calls=[CALL, CUSTOM]))
    function = {"name": "g", "arguments": '{"content": "x"}'}
    assert turn["tool_calls"] == [CALL, {"id": "2", "type": "function", "function": function}]
    (same,) = _sent(_said(tool_calls=[CALL, CUSTOM]), free_form=True)
    assert same["tool_calls"] == [CALL, CUSTOM]
