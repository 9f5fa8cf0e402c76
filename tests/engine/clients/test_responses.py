"""Items and parts of a response, streamed and whole."""

from __future__ import annotations

import json
from typing import Any

from custom_providers.engine.answers.answer import Answer, from_messages
from custom_providers.engine.clients.responses import ResponsesWriter
from custom_providers.engine.provider_call import Batch, Ending
from custom_providers.engine.wires.messages import MessagesReader

BLOCKS = [
    {"type": "thinking", "thinking": "one", "signature": "s1"},
    {"type": "thinking", "thinking": "two", "signature": "s2"},
    {"type": "text", "text": "hi"},
]
SUMMARY = [{"type": "summary_text", "text": "one"}, {"type": "summary_text", "text": "two"}]


def _written(deltas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    writer = ResponsesWriter()
    assert writer.begin(b'data: {"type": "response.created", "response": {"id": "resp_1"}, "model": "m"}')
    ending = Ending(finish="stop", usage=None, spent_on_reasoning=False)
    body = writer.write(Batch(id="m", deltas=deltas, events=[], ending=ending))
    return [json.loads(line[6:]) for line in body.splitlines() if line.startswith(b"data: {")]


def _streamed() -> list[dict[str, Any]]:
    reader = MessagesReader({})
    deltas = []
    for index, block in enumerate(BLOCKS):
        deltas += reader.feed({"type": "content_block_start", "index": index, "content_block": block})
        if signature := block.get("signature"):
            delta = {"type": "signature_delta", "signature": signature}
            deltas += reader.feed({"type": "content_block_delta", "index": index, "delta": delta})
        deltas += reader.feed({"type": "content_block_stop", "index": index})
    return _written(deltas)


def test_each_thinking_block_of_a_stream_is_a_part():
    events = _streamed()
    summaries = [event for event in events if "summary" in event["type"]]
    assert [(event["type"].rpartition("summary_")[2], event["summary_index"]) for event in summaries] == [
        (kind, index) for index in (0, 1) for kind in ("part.added", "text.delta", "text.done", "part.done")
    ]
    assert [event["text"] for event in summaries if event["type"].endswith("text.done")] == ["one", "two"]
    assert events[-1]["response"]["output"][0]["summary"] == SUMMARY
    assert [event["sequence_number"] for event in events] == [*range(len(events))]


def test_a_whole_answer_has_the_same_parts():
    answer = from_messages({"content": BLOCKS, "stop_reason": "end_turn"}, {})
    output = ResponsesWriter().whole({"id": "resp_1"}, answer)["output"]
    assert output[0]["summary"] == SUMMARY
    assert [item["type"] for item in output] == [item["type"] for item in _streamed()[-1]["response"]["output"]]


REFUSAL = {"type": "refusal", "refusal": "No"}
CITED = {"url": "http://x", "title": "t", "start_index": 0, "end_index": 2}


def test_a_refusal_is_a_part_of_the_message():
    events = _written([{"content": "Hm"}, {"refusal": "N"}, {"refusal": "o"}])
    (message,) = events[-1]["response"]["output"]
    assert message["content"][1] == REFUSAL
    parts = [(event["type"], event["content_index"]) for event in events if "content_index" in event]
    assert parts == [
        ("response.content_part.added", 0),
        ("response.output_text.delta", 0),
        ("response.output_text.done", 0),
        ("response.content_part.done", 0),
        ("response.content_part.added", 1),
        ("response.refusal.delta", 1),
        ("response.refusal.delta", 1),
        ("response.refusal.done", 1),
        ("response.content_part.done", 1),
    ]
    answer = Answer(id="i", finish="stop", content="Hm", reasoning=None, other={"refusal": "No"})
    assert ResponsesWriter().whole({"id": "r"}, answer)["output"][0]["content"] == message["content"]


def test_citations_are_annotations_of_the_text():
    """In OpenAI's format; chat completions nest their fields in an object named after their type."""
    cited = [{"type": "url_citation", "url_citation": CITED}]
    events = _written([{"content": "Hm"}, {"annotations": cited}, {"annotations": cited}])
    flat = {"type": "url_citation", **CITED}
    added = [event for event in events if event["type"] == "response.output_text.annotation.added"]
    assert [(event["annotation_index"], event["annotation"]) for event in added] == [(0, flat), (1, flat)]
    (message,) = events[-1]["response"]["output"]
    assert message["content"][0]["annotations"] == [flat, flat]
    answer = Answer(id="i", finish="stop", content="Hm", reasoning=None, other={"annotations": [*cited, *cited]})
    assert ResponsesWriter().whole({"id": "r"}, answer)["output"][0]["content"] == message["content"]
