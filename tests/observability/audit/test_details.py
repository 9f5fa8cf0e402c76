"""Details read from LiteLLM's logging payloads, recorded from its three APIs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.observability.audit.details import Details, details

USAGE = {
    "completion_tokens_details": {"reasoning_tokens": 7},
    "prompt_tokens_details": {"cached_tokens": 3},
}
PAYLOAD = {"prompt_tokens": 10, "completion_tokens": 20, "response_cost": 0.5, "metadata": {"usage_object": USAGE}}
NUMBERS = Details(prompt_tokens=10, completion_tokens=20, reasoning_tokens=7, cached_tokens=3, cost=0.5)


def _calls(*names: str) -> list[dict[str, object]]:
    return [{"type": "function", "function": {"name": name, "arguments": "{}"}} for name in names]


def _read(payload: Mapping[str, Any]) -> Details:
    return details(payload, with_text=True)


def test_a_chat_completion():
    message = {"role": "assistant", "content": "Hello", "tool_calls": _calls("look", "look", "buy")}
    found = _read({**PAYLOAD, "response": {"choices": [{"finish_reason": "tool_calls", "message": message}]}})
    assert (found.finish_reason, found.tool_calls, found.text) == ("tool_calls", {"look": 2, "buy": 1}, "Hello")
    assert (found.prompt_tokens, found.reasoning_tokens, found.cached_tokens, found.cost) == (10, 7, 3, 0.5)


def test_a_response_that_calls_a_tool():
    output = [
        {"type": "message", "content": [{"type": "output_text", "text": "Let me "}, {"type": "x", "text": "look"}]},
        {"type": "function_call", "name": "look", "arguments": "{}"},
    ]
    found = _read({**PAYLOAD, "response": {"status": "completed", "output": output}})
    assert (found.finish_reason, found.tool_calls, found.text) == ("completed", {"look": 1}, "Let me look")


def test_a_response_that_was_cut_short_says_why():
    response = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "output": []}
    assert _read({**PAYLOAD, "response": response}).finish_reason == "max_output_tokens"


def test_an_embedding_has_numbers_only():
    assert _read({**PAYLOAD, "response": {"object": "list", "data": [{"embedding": [0.1]}]}}) == NUMBERS


def test_whatever_is_missing_or_odd_is_none():
    assert _read({}) == Details()
    odd = {"prompt_tokens": "10", "completion_tokens": True, "response_cost": "free", "metadata": 3, "response": [1]}
    assert _read(odd) == Details()
    assert _read({"response": {"choices": [None, {"message": None, "finish_reason": None}]}}) == Details()


def test_the_text_is_left_alone_where_it_is_not_kept():
    payload = {"response": {"choices": [{"message": {"content": "Hello"}}]}}
    assert details(payload, with_text=False) == Details()
    assert details(payload, with_text=True) == Details(text="Hello")
