"""Reasoning translated by LiteLLM is converted to OpenAI's format; everything else is unchanged, byte for byte."""

from __future__ import annotations

import json
from typing import Any

import pytest

from custom_providers.engine.clients import reasoning_items

THEIRS = {
    "type": "reasoning",
    "id": "rs_1",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "hm", "annotations": []}],
    "encrypted_content": "sealed",
}
OURS = {
    "type": "reasoning",
    "id": "rs_1",
    "status": "completed",
    "encrypted_content": "sealed",
    "summary": [{"type": "summary_text", "text": "hm"}],
}
SAID = {"type": "message", "id": "msg_1", "content": [{"type": "output_text", "text": '"reasoning"'}]}


def _event(**event: Any) -> bytes:
    return b"event: x\ndata: " + json.dumps(event).encode() + b"\n\n"


def test_a_whole_response():
    body = json.dumps({"object": "response", "output": [THEIRS, SAID]}).encode()

    assert json.loads(reasoning_items.in_whole(body))["output"] == [OURS, SAID]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"item": THEIRS, "output_index": 0}, {"item": OURS, "output_index": 0}),
        ({"response": {"output": [THEIRS, SAID]}}, {"response": {"output": [OURS, SAID]}}),
    ],
)
def test_events_that_end_an_item_or_the_response(theirs: Any, ours: Any):
    changed = reasoning_items.in_events(_event(**theirs) + _event(delta="x"))

    assert [json.loads(line[6:]) for line in changed.splitlines() if line.startswith(b"data: ")] == [
        ours,
        {"delta": "x"},
    ]
    assert changed.endswith(b"\n\n")


@pytest.mark.parametrize(
    "body",
    [
        b'{"output": [{"type":"message"}], "reasoning": {"effort": "low"}}',
        json.dumps({"output": [{**THEIRS, "summary": [{"type": "summary_text", "text": "own"}]}]}).encode(),
        json.dumps({"output": [{"type": "reasoning", "id": "rs", "summary": []}]}).encode(),
        b'{"reasoning": "cut',
        b"[]",
    ],
)
def test_what_is_openais_or_nothing_stays(body: bytes):
    changed = reasoning_items.in_whole(body)

    assert changed == body or json.loads(changed) == json.loads(body)


def test_events_without_reasoning_stay_as_they_are():
    events = _event(type="response.output_text.delta", delta="x")

    assert reasoning_items.in_events(events) is events
