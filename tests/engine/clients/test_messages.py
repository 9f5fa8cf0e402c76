"""Messages: what Anthropic's clients read, and what its API accepts when a conversation moves there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from custom_providers.engine.answers.answer import Answer
from custom_providers.engine.answers.litellm_answers import whole
from custom_providers.engine.clients.messages import MessagesWriter
from custom_providers.engine.provider_call import Batch, Ending


def test_ids_of_calls_are_those_of_a_whole_answer():
    writer = MessagesWriter()
    assert writer.begin(b'event: message_start\ndata: {"type": "message_start", "message": {"model": "m"}}\n\n')
    calls = [
        {"index": index, "id": call_id, "function": {"name": "f", "arguments": "{}"}}
        for index, call_id in enumerate(["functions.f:0", "toolu_01-a"])
    ]

    data = writer.write(Batch(id="1", deltas=[{"tool_calls": calls}], events=[]))

    assert b'"id":"functions_f_0"' in data.replace(b": ", b":")
    assert b'"id":"toolu_01-a"' in data.replace(b": ", b":")


def _events(*batches: Batch) -> list[dict[str, Any]]:
    writer = MessagesWriter()
    assert writer.begin(b'data: {"type": "message_start", "message": {"model": "m"}}')
    lines = b"".join(map(writer.write, batches)).splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith(b"data: {")]


def test_a_refusal_is_text_and_the_reason_of_the_end():
    ending = Ending(finish="stop", usage=None, spent_on_reasoning=False)
    events = _events(Batch(id="1", deltas=[{"refusal": "No"}], events=[], ending=ending))
    assert [event["delta"] for event in events if "delta" in event] == [
        {"type": "text_delta", "text": "No"},
        {"stop_reason": "refusal", "stop_sequence": None},
    ]


@pytest.mark.parametrize("arguments", ["[1]", "5", "not JSON", '"a"'])
def test_arguments_that_are_no_object_become_a_member_of_one(arguments: str):
    """Anthropic's clients and its API accept nothing else; a whole answer has the same."""
    call = {"index": 0, "id": "t", "type": "function", "function": {"name": "f", "arguments": arguments}}
    answer = Answer(id="i", finish="tool_calls", content=None, reasoning=None, tool_calls=(call,))
    (sent,) = whole(answer, "m", signed=True).choices[0].message.tool_calls

    events = _events(Batch(id="1", deltas=answer.deltas(), events=[]))

    (delta,) = [event["delta"] for event in events if "delta" in event]
    assert json.loads(delta["partial_json"]) == json.loads(sent.function.arguments) == {"arguments": arguments}


def test_a_call_that_is_cut_arrives():
    """The token limit can end an answer within a call."""
    call = {"id": "t", "type": "function", "function": {"name": "f", "arguments": '{"a": '}}
    answer = Answer(id="i", finish="length", content=None, reasoning=None, tool_calls=(call,))
    (sent,) = whole(answer, "m", signed=True).choices[0].message.tool_calls
    assert json.loads(sent.function.arguments) == {"arguments": '{"a": '}
