"""Streams and whole answers of chat completions servers say the same, also in forms that OpenAI does not have."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.engine.answers.answer import ErrorUnder200Error, from_chat
from custom_providers.engine.answers.collecting import Collected
from custom_providers.engine.wires.chat import ChatReader


def _call(call_id: str, name: str, arguments: str | None = "{}") -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def _thinking(text: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": [{"type": "text", "text": text}]}


def _texts(*texts: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text} for text in texts]


ANSWERS: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "a content of parts": ({"content": _texts("a", "b")}, "stop", {"content": "ab", "finish": "stop"}),
    "Mistral's thinking": (
        {"content": [_thinking("hm"), *_texts("a")]},
        "stop",
        {"content": "a", "reasoning": "hm", "finish": "stop"},
    ),
    "calls that end with stop": (
        {"tool_calls": [_call("1", "f")]},
        "stop",
        {"calls": [_call("1", "f")], "finish": "tool_calls"},
    ),
    "calls that are cut": (
        {"tool_calls": [_call("1", "f")]},
        "length",
        {"calls": [_call("1", "f")], "finish": "length"},
    ),
    "calls that end as functions did": (
        {"tool_calls": [_call("1", "f")]},
        "function_call",
        {"calls": [_call("1", "f")], "finish": "tool_calls"},
    ),
    "Anthropic's word for the end": ({"content": "a"}, "max_tokens", {"content": "a", "finish": "length"}),
    "a server's own word for the end": ({"content": "a"}, "eos", {"content": "a", "finish": "stop"}),
    "no arguments": (
        {"tool_calls": [_call("1", "f", None), _call("2", "f", ""), _call("3", "f", "null"), _call("4", "f")]},
        "tool_calls",
        {"calls": [_call(call_id, "f") for call_id in "1234"], "finish": "tool_calls"},
    ),
    "arguments in a JSON string": (
        {"tool_calls": [_call("1", "f", '"{\\"a\\": 1}"'), _call("2", "f", ' {"a": 1}')]},
        "tool_calls",
        {"calls": [_call("1", "f", '{"a": 1}'), _call("2", "f", ' {"a": 1}')], "finish": "tool_calls"},
    ),
    "arguments that are cut": (
        {"tool_calls": [_call("1", "f", '{"a": ')]},
        "length",
        {"calls": [_call("1", "f", '{"a": ')], "finish": "length"},
    ),
    "calls with the same id": (
        {"tool_calls": [_call("1", "f"), _call("1", "g"), _call("1", "h")]},
        "tool_calls",
        {"calls": [_call("1", "f"), _call("1_1", "g"), _call("1_2", "h")], "finish": "tool_calls"},
    ),
}


def _whole(message: dict[str, Any], finish: str) -> dict[str, Any]:
    answer = from_chat({"id": "i", "choices": [{"index": 0, "message": message, "finish_reason": finish}]}, {})
    return {
        "content": answer.content,
        "reasoning": answer.reasoning,
        "calls": [*answer.tool_calls],
        "finish": answer.finish,
    }


def _streamed(message: dict[str, Any], finish: str) -> dict[str, Any]:
    reader, said = ChatReader({}), Collected()
    calls = [{"tool_calls": [{"index": index, **call}]} for index, call in enumerate(message.get("tool_calls") or ())]
    for delta in ({name: value for name, value in message.items() if name != "tool_calls"}, *calls):
        said.add(reader.feed({"id": "i", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}))
    said.add(reader.feed({"id": "i", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}))
    said.add(reader.rest())
    merged: dict[str, Any] = {"content": None, "reasoning": None, "calls": [], "finish": reader.finish}
    for delta in said.deltas():
        merged["content"] = delta.get("content") or merged["content"]
        merged["reasoning"] = delta.get("reasoning_content") or merged["reasoning"]
        for call in delta.get("tool_calls", ()):
            merged["calls"].append({name: value for name, value in call.items() if name != "index"})
    return merged


@pytest.mark.parametrize(("message", "finish", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_a_stream_and_a_whole_answer_say_the_same(message: dict[str, Any], finish: str, expected: dict[str, Any]):
    same = {"content": None, "reasoning": None, "calls": [], **expected}
    assert _whole(message, finish) == same
    assert _streamed(message, finish) == same


@pytest.mark.parametrize(
    "event",
    [
        {"object": "error", "message": "broken", "code": 40001},
        {"choices": [{"index": 0, "delta": {}, "message": {"content": "a"}, "finish_reason": "error"}]},
        {"choices": [{"index": 0, "delta": {}, "message": {"content": "a"}, "error": {"message": "broken"}}]},
    ],
    ids=["vLLM's", "OpenRouter's finish", "OpenRouter's choice"],
)
def test_a_failure_is_no_answer(event: dict[str, Any]):
    with pytest.raises(ErrorUnder200Error):
        ChatReader({}).feed(event)
    with pytest.raises(ErrorUnder200Error):
        from_chat(event, {})
