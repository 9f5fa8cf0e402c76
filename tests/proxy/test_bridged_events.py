"""Chat streams that LiteLLM makes from the events of the Responses API carry what those events carry."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from custom_providers.litellm_patches.streams.bridged_events import fitted
from pointsman.simulator import Simulator
from pointsman.simulator.answers import Answer, json_answer

ARGUMENTS = '{"city":"Paris"}'
CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "get_weather", "arguments": ARGUMENTS}
RESPONSE = {"id": "resp_1", "object": "response", "created_at": 1, "model": "gpt-5.2", "output": []}


def _delta(text: str) -> dict[str, Any]:
    return {"type": "response.function_call_arguments.delta", "output_index": 1, "delta": text}


WHOLE = {"type": "response.function_call_arguments.done", "output_index": 1, "arguments": ARGUMENTS}
ADDED = {"type": "response.output_item.added", "output_index": 1, "item": {**CALL, "arguments": ""}}
DONE = {"type": "response.output_item.done", "output_index": 1, "item": CALL}
MANNERS = {
    "at the end": [ADDED, WHOLE, DONE],
    "with the item only": [ADDED, DONE],
    "in deltas": [ADDED, _delta(ARGUMENTS[:5]), _delta(""), _delta(ARGUMENTS[5:]), WHOLE, DONE],
    "with the first event": [{**ADDED, "item": CALL}, WHOLE, DONE],
}


@pytest.mark.parametrize("events", MANNERS.values(), ids=MANNERS)
def test_arguments_arrive_once_however_they_are_sent(client: httpx.Client, simulator: Simulator, events: list[Any]):
    simulator.script("opencode", _stream(*_summaries(), *events))

    body = {"model": "opencode/gpt-5.2", "stream": True, "messages": [{"role": "user", "content": "hi"}]}
    response = client.post("/v1/chat/completions", json=body)

    choices = [
        choice for line in response.text.splitlines() if "{" in line for choice in json.loads(line[6:])["choices"]
    ]
    calls = [call for choice in choices for call in choice["delta"].get("tool_calls") or ()]
    assert "".join(call["function"].get("arguments") or "" for call in calls) == ARGUMENTS
    assert [call["function"]["name"] for call in calls if call.get("id")] == ["get_weather"]
    assert {choice["index"] for choice in choices} == {0}
    assert "".join(choice["delta"].get("reasoning_content") or "" for choice in choices) == "AB"


def _summaries() -> list[Any]:
    texts = [{"type": "summary_text", "text": text} for text in "AB"]
    item = {"type": "reasoning", "id": "rs_1", "summary": texts}
    delta = {"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "output_index": 0}
    return [
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "summary": []}},
        *({**delta, "summary_index": index, "delta": text} for index, text in enumerate("AB")),
        {"type": "response.output_item.done", "output_index": 0, "item": item},
    ]


def _stream(*events: dict[str, Any]) -> Answer:
    usage = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
    first = {"type": "response.created", "response": {**RESPONSE, "status": "in_progress"}}
    last = {"status": "completed", "output": [CALL], "usage": usage}
    every = [first, *events, {"type": "response.completed", "response": {**RESPONSE, **last}}]
    numbered = [{**event, "sequence_number": number} for number, event in enumerate(every)]
    chunks = tuple(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in numbered)
    return Answer(headers={"Content-Type": "text/event-stream"}, stream=chunks)


def test_the_input_of_a_custom_tool_is_passed_on_too():
    done = {"type": "response.custom_tool_call_input.done", "output_index": 2, "input": "ls"}
    delta = {"type": "response.custom_tool_call_input.delta", "output_index": 2, "delta": "ls"}
    written: set[Any] = set()

    assert [fitted(done, written), fitted(done, written)] == [delta, done]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_a_refusal_is_the_text_of_the_stream(client: httpx.Client, simulator: Simulator, path: str):
    part = {"type": "response.refusal.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0}
    simulator.script("opencode", _stream({**part, "delta": "I will"}, {**part, "delta": " not"}))

    body = {"model": "opencode/gpt-5.2", "stream": True, "messages": [{"role": "user", "content": "hi"}]}
    response = client.post(path, json={**body, "max_tokens": 100})

    objects = [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: {")]
    deltas = [choice["delta"] for each in objects for choice in each.get("choices") or [each] if "delta" in choice]
    assert "".join(delta.get("content") or delta.get("text") or "" for delta in deltas) == "I will not"


def test_a_call_without_arguments_has_an_empty_object():
    bare = {**CALL, "arguments": ""}
    written: set[Any] = set()
    events = [{**ADDED, "item": bare}, {**WHOLE, "arguments": ""}, {**DONE, "item": bare}]
    assert [fitted(event, written) for event in events] == [events[0], _delta("{}"), events[2]]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_a_whole_answer_has_the_forms_of_its_protocol(client: httpx.Client, simulator: Simulator, path: str):
    """A signature of Anthropic's thinking is text, and arguments are an object's JSON text."""
    thought = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}]}
    usage = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
    output = [thought, {**CALL, "arguments": "", "status": "completed"}]
    simulator.script("opencode", json_answer({**RESPONSE, "status": "completed", "output": output, "usage": usage}))

    body = {"model": "opencode/gpt-5.2", "messages": [{"role": "user", "content": "hi"}]}
    answer = client.post(path, json={**body, "max_tokens": 100}).json()

    if path == "/v1/messages":
        thinking, use = answer["content"]
        assert (thinking["thinking"], thinking["signature"], use["input"]) == ("hm", "", {})
    else:
        (call,) = answer["choices"][0]["message"]["tool_calls"]
        assert call["function"] == {"name": "get_weather", "arguments": "{}"}
