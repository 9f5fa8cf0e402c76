"""Conversations with other models and protocols are adapted for Claude."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.request.attempt import claude_history

USER = {"role": "user", "content": "x"}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "c", "content": ""}
OLD, NEW = "anthropic/claude-sonnet-4-5-20250929", "anthropic/claude-opus-4-6"
ASKED: dict[str, Any] = {"reasoning_effort": "high", "thinking": {"type": "enabled", "budget_tokens": 2000}}


def _chat(*messages: dict[str, Any], model: str = OLD, **fields: Any) -> dict[str, Any]:
    return claude_history.of_chat({"model": model, "messages": list(messages), **fields})


def _called(**fields: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": [CALL], **fields}


@pytest.mark.parametrize("content", ["", "  \n", [{"type": "text", "text": ""}]])
def test_an_empty_text_beside_a_call_is_left_out(content: Any):
    assert _chat(USER, _called(content=content), RESULT)["messages"] == [USER, _called(), RESULT]


def test_an_empty_turn_is_left_out_and_the_others_stay():
    image = {"role": "user", "content": [{"type": "text", "text": ""}, {"type": "image_url", "image_url": "u"}]}
    sent = _chat({"role": "user", "content": ""}, {"role": "assistant", "content": ""}, image)["messages"]
    assert sent == [{"role": "user", "content": [{"type": "image_url", "image_url": "u"}]}]


def test_a_tool_loop_without_its_signed_thinking_goes_on_without_thinking():
    sent = _chat(
        USER, _called(reasoning_content="hm", thinking_blocks=[{"type": "thinking", "thinking": "hm"}]), RESULT, **ASKED
    )
    assert not {*ASKED} & {*sent}
    assert "thinking_blocks" not in sent["messages"][1]


@pytest.mark.parametrize(
    ("messages", "model"),
    [
        ([USER], OLD),
        ([USER, _called(), RESULT, {"role": "assistant", "content": "done"}, USER], OLD),
        ([USER, _called(thinking_blocks=[{"type": "thinking", "thinking": "hm", "signature": "s"}]), RESULT], OLD),
        ([USER, _called(thinking_blocks=[{"type": "redacted_thinking", "data": "s"}]), RESULT], OLD),
        ([USER, _called(), RESULT], NEW),
        ([USER, _called(), RESULT], "anthropic/claude-haiku-5-5"),
    ],
)
def test_thinking_stays_where_claude_takes_it(messages: list[dict[str, Any]], model: str):
    sent = _chat(*messages, model=model, **ASKED)
    assert {name: sent[name] for name in ASKED} == ASKED
    assert sent["messages"] == messages


def test_unsigned_thinking_of_other_models_is_left_out_of_messages():
    said = {"type": "text", "text": "hello"}
    thoughts = [{"type": "thinking", "thinking": "hm", "signature": signature} for signature in ("", "s")]
    turn = {"role": "assistant", "content": [*thoughts, said]}
    sent = claude_history.of_messages({"messages": [USER, turn]})["messages"]
    assert sent == [USER, {**turn, "content": [thoughts[1], said]}]


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "f"}}])
@pytest.mark.parametrize("model", [OLD, NEW])
def test_a_forced_tool_is_called_without_thinking(model: str, choice: Any):
    assert not {*ASKED} & {*_chat(USER, model=model, tool_choice=choice, **ASKED)}
    assert {*ASKED} <= {*_chat(USER, model=model, tool_choice="auto", **ASKED)}


@pytest.mark.parametrize(
    ("most", "sent"),
    [
        (16_000, {"reasoning_effort": "high"}),
        (4096, {"thinking": {"type": "enabled", "budget_tokens": 2048}}),
        (1500, {}),
    ],
)
def test_thinking_leaves_room_for_an_answer(most: int, sent: dict[str, Any]):
    call = _chat(USER, max_tokens=most, reasoning_effort="high")
    assert {name: call[name] for name in ASKED if name in call} == sent
