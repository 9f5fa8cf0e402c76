"""Every event of a Responses stream that LiteLLM translates has its name, its number and its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from custom_providers.engine.clients.translated_events import TranslatedEvents


def _completed(*events: dict[str, Any], holds: bool = False) -> list[dict[str, Any]]:
    """The events after one pass, each piece with one event, as LiteLLM sends them."""
    stream = TranslatedEvents()
    stream.holds = holds
    pieces = [stream.completed(b"data: " + json.dumps(event).encode() + b"\n\n") for event in events]
    pieces = [piece for piece in pieces if piece != b": ping\n\n"]
    lines = b"".join(pieces).decode().split("\n")
    assert lines[2::3] == [""] * (len(lines) // 3)
    names, data = lines[0:-1:3], [json.loads(line.removeprefix("data: ")) for line in lines[1:-1:3]]
    assert names == [f"event: {event['type']}" for event in data]
    return data


def test_events_are_numbered_from_zero_whatever_number_they_had():
    kinds = ["response.created", "response.in_progress", "response.completed"]
    events = _completed({"type": kinds[0]}, {"type": kinds[1], "sequence_number": 7}, {"type": kinds[2]})
    assert [event["sequence_number"] for event in events] == [0, 1, 2]
    assert [event["type"] for event in events] == kinds


def test_a_summary_begins_with_its_part():
    added = {"type": "response.output_item.added", "output_index": 0, "item": {"type": "reasoning", "id": "rs"}}
    delta = {"type": "response.reasoning_summary_text.delta", "item_id": "rs", "output_index": 0, "delta": "h"}
    events = _completed(added, delta, delta)
    assert events == [
        {**added, "item": {"type": "reasoning", "id": "rs", "summary": []}, "sequence_number": 0},
        {
            "type": "response.reasoning_summary_part.added",
            "item_id": "rs",
            "output_index": 0,
            "summary_index": 0,
            "part": {"type": "summary_text", "text": ""},
            "sequence_number": 1,
        },
        {**delta, "summary_index": 0, "sequence_number": 2},
        {**delta, "summary_index": 0, "sequence_number": 3},
    ]


def test_parts_that_were_announced_are_not_announced_again():
    delta = {"type": "response.reasoning_summary_text.delta", "item_id": "rs", "output_index": 0, "delta": "h"}
    part = {**delta, "type": "response.reasoning_summary_part.added"}
    events = _completed(
        {**part, "summary_index": 0}, delta, {**part, "summary_index": 1}, {**delta, "summary_index": 1}
    )
    assert [event["summary_index"] for event in events] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    "body", [b"data: [DONE]\n\n", b": ping\n\n", b'data: {"error": {"message": "x"}}\n\n', b'data: {"type": "cut']
)
def test_everything_else_stays(body: bytes):
    assert TranslatedEvents().completed(body) == body


def test_an_event_that_openai_does_not_have_becomes_a_comment():
    stream = TranslatedEvents()
    assert stream.completed(b'data: {"type": "ping", "cost": "0.1"}\n\n') == b": ping\n\n"
    assert b'"sequence_number":0' in stream.completed(b'data: {"type": "response.created"}\n\n')


def test_an_event_that_has_a_name_gets_no_second_one():
    body = b'event: response.created\ndata: {"type": "response.created"}\n\n'
    expected = b'event: response.created\ndata: {"type":"response.created","sequence_number":0}\n\n'
    assert TranslatedEvents().completed(body) == expected


THOUGHT = {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": "hm"}]}
SIGNED = {**THOUGHT, "encrypted_content": '[{"type":"thinking","signature":"s"}]', "status": "completed"}
CALL = {"type": "function_call", "id": "fc", "call_id": "c", "name": "f", "arguments": "{}"}
MESSAGE = {"type": "message", "id": "msg", "content": [{"type": "output_text", "text": "hi"}]}


@pytest.mark.parametrize("end", ["completed", "incomplete"])
def test_items_are_complete_and_in_their_order(end: str):
    """LiteLLM knows a signature only at the end, and completes calls before the message that precedes them."""
    done = {"type": "response.output_item.done"}
    last = {"type": f"response.{end}", "response": {"output": [SIGNED, MESSAGE, CALL]}}
    events = _completed(
        {"type": "response.created"},
        {**done, "output_index": 0, "item": THOUGHT},
        {**done, "output_index": 2, "item": CALL},
        {**done, "output_index": 1, "item": {**MESSAGE, "status": "in_progress"}},
        last,
        holds=True,
    )
    assert [event.get("item") for event in events] == [None, SIGNED, MESSAGE, CALL, None]
    assert [event["sequence_number"] for event in events] == [*range(5)]
    assert events[-1]["response"] == last["response"]


def test_items_of_a_failed_response_are_as_they_were():
    done = {"type": "response.output_item.done", "output_index": 0, "item": THOUGHT}
    events = _completed(done, {"type": "response.failed", "response": {"output": []}}, holds=True)
    assert [event["type"] for event in events] == ["response.output_item.done", "response.failed"]
    assert events[0]["item"] == THOUGHT


def test_openais_own_items_are_not_held_back():
    done = {"type": "response.output_item.done", "output_index": 0, "item": THOUGHT}
    assert len(_completed(done, {"type": "response.output_item.added", "output_index": 1, "item": CALL})) == 2
