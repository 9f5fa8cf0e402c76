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
    "reasoning under Ollama's name": (
        {"thinking": "hm", "content": "a"},
        "stop",
        {"content": "a", "reasoning": "hm", "finish": "stop"},
    ),
    "reasoning under Copilot's name": (
        {"reasoning_text": "hm", "content": "a"},
        "stop",
        {"content": "a", "reasoning": "hm", "finish": "stop"},
    ),
    "reasoning under two names": (
        {"reasoning_content": "hm", "reasoning": "hm", "reasoning_details": [{"text": "hm"}], "content": "a"},
        "stop",
        {"content": "a", "reasoning": "hm", "finish": "stop"},
    ),
    "a summary of the reasoning": (
        {"reasoning_details": [{"type": "reasoning.summary", "summary": "hm"}], "content": "a"},
        "stop",
        {"content": "a", "reasoning": "hm", "finish": "stop"},
    ),
    "only encrypted reasoning": (
        {"reasoning_details": [{"type": "reasoning.encrypted", "data": "x"}], "content": "a"},
        "stop",
        {"content": "a", "finish": "stop"},
    ),
    "Mistral's word for the end": ({"content": "a"}, "model_length", {"content": "a", "finish": "length"}),
    "Zhipu's word for a filter": ({"content": "a"}, "sensitive", {"content": "a", "finish": "content_filter"}),
    "Gemini's words in capitals": ({"content": "a"}, "SAFETY", {"content": "a", "finish": "content_filter"}),
    "an id that is a number": (
        {"tool_calls": [{**_call("1", "f"), "id": 7}]},
        "tool_calls",
        {"calls": [_call("7", "f")], "finish": "tool_calls"},
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
        {"choices": [{"index": 0, "delta": {}, "message": {"content": "a"}, "finish_reason": "network_error"}]},
        {"choices": [{"index": 0, "delta": {}, "message": {"content": "a"}, "finish_reason": "ABORT"}]},
    ],
    ids=["vLLM's", "OpenRouter's finish", "OpenRouter's choice", "Zhipu's finish", "SGLang's finish"],
)
def test_a_failure_is_no_answer(event: dict[str, Any]):
    with pytest.raises(ErrorUnder200Error):
        ChatReader({}).feed(event)
    with pytest.raises(ErrorUnder200Error):
        from_chat(event, {})


def _fed(*chunks: dict[str, Any], older: bool = False) -> tuple[ChatReader, list[dict[str, Any]]]:
    reader = ChatReader({}, older=older)
    return reader, [delta for chunk in chunks for delta in reader.feed(chunk)]


def _choice(index: int, delta: dict[str, Any]) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": delta, "finish_reason": None}]}


def test_of_several_choices_the_first_is_read():
    _, deltas = _fed(_choice(1, {"content": "no"}), _choice(0, {"content": "yes"}), _choice(1, {"content": "no"}))
    assert deltas == [{"content": "yes"}]


@pytest.mark.parametrize("delta", [{"content": "a"}, {"reasoning_content": "a"}, {"refusal": "a"}])
def test_a_stream_is_complete_with_done_alone(delta: dict[str, Any]):
    reader, _ = _fed(_choice(0, delta))
    assert reader.finish is None
    reader.done()
    assert reader.finish == "stop"


def test_a_stream_with_nothing_but_done_is_no_answer():
    reader, _ = _fed(_choice(0, {"role": "assistant", "content": ""}))
    reader.done()
    assert reader.finish is None


def test_clients_of_the_older_functions_get_them():
    call = {"function_call": {"name": "f", "arguments": "{}"}}
    _, deltas = _fed(_choice(0, call), older=True)
    assert deltas == [call]
    whole = from_chat({"choices": [{"message": call, "finish_reason": "function_call"}]}, {}, older=True)
    assert (whole.finish, whole.other, whole.tool_calls) == ("function_call", call, ())


def test_whole_calls_without_index_and_id_are_several():
    calls = [
        {"function": {"name": name, "arguments": arguments}} for name, arguments in (("f", "{}"), ("f", '{"a":1}'))
    ]
    reader, deltas = _fed(*(_choice(0, {"tool_calls": [call]}) for call in calls))
    said = Collected()
    said.add([*deltas, *reader.rest()])
    functions = [call["function"] for delta in said.deltas() for call in delta["tool_calls"]]
    assert functions == [call["function"] for call in calls]


def test_calls_without_index_and_arguments_are_several():
    calls = [{"id": call_id, "function": {"name": "f", "arguments": ""}} for call_id in "ab"]
    reader, deltas = _fed(*(_choice(0, {"tool_calls": [call]}) for call in calls))
    said = Collected()
    said.add([*deltas, *reader.rest()])
    found = [call for delta in said.deltas() for call in delta["tool_calls"]]
    assert [(call["id"], call["function"]["arguments"]) for call in found] == [("a", "{}"), ("b", "{}")]


def test_a_message_in_a_single_event_is_the_answer():
    _, deltas = _fed({"choices": [{"index": 0, "message": {"content": "a"}, "finish_reason": "stop"}]})
    assert deltas == [{"content": "a"}]


def test_a_message_that_repeats_the_deltas_is_not_added():
    """Perplexity's events have both."""
    chunk = {"index": 0, "delta": {"content": "a"}, "message": {"content": "a"}}
    last = {"index": 0, "delta": {}, "message": {"content": "a"}, "finish_reason": "stop"}
    _, deltas = _fed({"choices": [chunk]}, {"choices": [last]})
    assert deltas == [{"content": "a"}]
