"""Keeps what LiteLLM loses from the events of OpenAI's Responses API when it makes a chat completion stream of them.

LiteLLM reads the arguments of a tool call only from their deltas, although a provider may send them whole at the end,
or none, and fails on an empty delta. It drops the text of a refusal. It uses the index of a reasoning summary as the
index of a choice, so that clients see the second summary as a second answer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

_DELTA = {
    "function_call": "response.function_call_arguments.delta",
    "custom_tool_call": "response.custom_tool_call_input.delta",
}
_WHOLE = {
    "response.function_call_arguments.done": ("function_call", "arguments"),
    "response.custom_tool_call_input.done": ("custom_tool_call", "input"),
}
_NOTHING: Mapping[str, Any] = {"type": "response.output_text.delta", "delta": ""}
_WRITTEN = "_pointsman_written"
"""The attribute of a stream with the output indexes of the calls whose arguments it has passed on."""


def complete(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the parser of one event, which is a method of a stream."""

    @functools.wraps(original)
    def parsed(self: Any, chunk: Mapping[str, Any]) -> Any:
        return original(self, dict(fitted(chunk, self.__dict__.setdefault(_WRITTEN, set()))))

    return parsed


def fitted(event: Mapping[str, Any], written: set[Any]) -> Mapping[str, Any]:
    """Return the event that LiteLLM reads correctly.

    Args:
        event: an event of the Responses API.
        written: output indexes of the calls whose arguments have been passed on; updated.
    """
    kind = str(getattr(event.get("type"), "value", event.get("type")))
    if kind == "response.reasoning_summary_text.delta":
        return {**event, "summary_index": 0}
    if kind == "response.refusal.delta":
        return {**event, "type": "response.output_text.delta"}
    call, arguments = _arguments(kind, event)
    if not call:
        return event
    place = event.get("output_index", 0)
    is_first = place not in written
    if arguments:
        written.add(place)
    if kind == "response.output_item.added":
        return event
    if kind in _DELTA.values():
        return event if arguments else _NOTHING
    arguments = arguments or ("{}" if call == "function_call" else "")
    if is_first and arguments:
        written.add(place)
        return {"type": _DELTA[call], "output_index": place, "delta": arguments}
    return event


def _arguments(kind: str, event: Mapping[str, Any]) -> tuple[str, str]:
    """The type of call that an event is about and the arguments in it; empty if it is about something else."""
    if kind in _WHOLE:
        call, name = _WHOLE[kind]
        return call, str(event.get(name) or "")
    if kind in {"response.output_item.added", "response.output_item.done"}:
        item = event.get("item") or {}
        call = str(item.get("type"))
        return (call, str(item.get("arguments") or item.get("input") or "")) if call in _DELTA else ("", "")
    call = next((call for call, delta in _DELTA.items() if delta == kind), "")
    return call, str(event.get("delta") or "")
