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
    assert reasoning_items.in_event(theirs) == ours
    assert reasoning_items.in_event(ours) == ours


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
