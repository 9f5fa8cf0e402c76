"""Conversations that LiteLLM has translated to chat completions have only fields that servers accept."""

from __future__ import annotations

from typing import Any

from custom_providers.engine.wires.chat_request import conversation

CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
BLOCKS: list[dict[str, Any]] = [{"type": "redacted_thinking", "data": "x"}]


def test_anthropics_blocks_stay_away_and_their_text_stays():
    message = {"role": "assistant", "content": None, "reasoning_content": "hm", "tool_calls": [CALL]}
    assert conversation([{**message, "thinking_blocks": BLOCKS}]) == [message]


def test_a_message_of_which_nothing_remains_is_left_out():
    user = {"role": "user", "content": "hi"}
    assert conversation([{"role": "assistant", "thinking_blocks": BLOCKS}, user]) == [user]


def test_a_message_that_was_empty_stays():
    message = {"role": "tool", "tool_call_id": "c", "content": ""}
    assert conversation([message]) == [message]


def test_calls_are_not_numbered():
    message = {"role": "assistant", "tool_calls": [{**CALL, "index": 0}, {**CALL, "index": 0}]}
    assert conversation([message]) == [{"role": "assistant", "tool_calls": [CALL, CALL]}]
