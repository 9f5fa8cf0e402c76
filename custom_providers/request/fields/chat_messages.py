"""Adapts the messages of chat completions to providers that are reached through another API. Pure.

LiteLLM and the engine translate texts and function calls. They would drop the model's refusals, the calls and results
of OpenAI's older ``functions``, and the input of its free-form tools.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from custom_providers.json_parts import listed, mapping, mappings

NAME = "messages.name"
"""What ``left_out`` calls the name of a speaker."""
_RESULTS = ("tool", "function")
"""Roles whose ``name`` is a function's."""


def translatable(call: dict[str, Any], *, free_form: bool = False) -> dict[str, Any]:
    """Return a call whose refusals are texts, and whose calls and results are those of functions with ids.

    Args:
        call: LiteLLM's arguments of a completion.
        free_form: whether the other API has free-form tools too.
    """
    messages = call.get("messages")
    if not isinstance(messages, list):
        return call
    changed = [_with_ids(_with_texts(message), index) for index, message in enumerate(messages)]
    return {**call, "messages": changed if free_form else [_with_functions(message) for message in changed]}


def left_out(messages: object) -> Iterator[str]:
    """The names of what the messages have and not every other API has: the names of those who speak."""
    if any(message.get("name") for message in mappings(messages) if message.get("role") not in _RESULTS):
        yield NAME


def _with_texts(message: Any) -> Any:
    content, refusal = mapping(message).get("content"), mapping(message).get("refusal")
    if isinstance(refusal, str) and refusal and not content:
        return {**{name: value for name, value in message.items() if name != "refusal"}, "content": refusal}
    parts = listed(content)
    if any(mapping(part).get("type") == "refusal" for part in parts):
        return {**message, "content": [_text(part) for part in parts]}
    return message


def _text(part: Any) -> Any:
    return {"type": "text", "text": part.get("refusal") or ""} if mapping(part).get("type") == "refusal" else part


def _with_ids(message: Any, index: int) -> Any:
    """A message whose older call or result has an id made of its place: a result follows its call."""
    if mapping(message).get("role") == "function":
        others = {name: value for name, value in message.items() if name not in {"role", "name"}}
        return {**others, "role": "tool", "tool_call_id": _id(index - 1), "content": message.get("content") or ""}
    legacy = mapping(message).get("function_call")
    if not isinstance(legacy, Mapping):
        return message
    calls = [*listed(message.get("tool_calls")), {"id": _id(index), "type": "function", "function": legacy}]
    return {**{name: value for name, value in message.items() if name != "function_call"}, "tool_calls": calls}


def _with_functions(message: Any) -> Any:
    calls = mappings(mapping(message).get("tool_calls"))
    is_free_form = any(call.get("type") == "custom" for call in calls)
    return {**message, "tool_calls": [_function(call) for call in calls]} if is_free_form else message


def _function(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """A call of a free-form tool as LiteLLM translates such tools: as a function with one text, ``content``."""
    if call.get("type") != "custom":
        return call
    custom = mapping(call.get("custom"))
    function = {"name": custom.get("name"), "arguments": json.dumps({"content": custom.get("input")})}
    return {"id": call.get("id"), "type": "function", "function": function}


def _id(index: int) -> str:
    return f"call_of_message_{index}"
