"""Checks tool calls in a conversation's history before any attempt.

LiteLLM parses their arguments for most providers. It treats a parse error as the provider's failure: it retries for
eight to ten seconds and answers 500. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from custom_providers.json_parts import listed, mapping
from custom_providers.request.fields.content_parts import is_content

_CALLS = frozenset({"function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output"})
_ARGUMENTS = 'must be one JSON object as text; "{}" for none'


def flaw(request: Mapping[str, Any], call_type: str) -> str | None:
    """Describe the first invalid call or result, with its place; None if all are valid.

    Args:
        request: ``messages`` and ``input``, if they are lists, must be lists of objects.
        call_type: LiteLLM's name for the client's protocol.
    """
    if call_type == "aresponses":
        items = request.get("input")
        return next(_of_items(items), None) if isinstance(items, list) else None
    of_message = _of_blocks if call_type == "anthropic_messages" else _of_calls
    messages = request.get("messages") or ()
    return next((flaw for index, message in enumerate(messages) for flaw in of_message(message, index)), None)


def _of_calls(message: Mapping[str, Any], index: int) -> Iterator[str]:
    """Errors in a message of OpenAI's chat completions."""
    for number, call in enumerate(message.get("tool_calls") or ()):
        place = f"messages[{index}].tool_calls[{number}]"
        kind = call.get("type")
        if not isinstance(kind, str):
            yield f'{place} has no type: "function" or "custom"'
        elif not _is_name(call.get("id")):
            yield f"{place}.id must be text"
        elif kind == "function":
            yield from _of_function(call.get("function") or {}, f"{place}.function")
        elif kind == "custom":
            custom = mapping(call.get("custom"))
            if not (_is_name(custom.get("name")) and isinstance(custom.get("input"), str)):
                yield f"{place}.custom must be an object with a name and an input as text"
    if message.get("role") == "function" and not _is_name(message.get("name")):
        yield f"messages[{index}].name must be text"
    if message.get("role") == "tool" and not _is_name(message.get("tool_call_id")):
        yield f"messages[{index}].tool_call_id must be text"
    if isinstance(legacy := message.get("function_call"), dict):
        yield from _of_function(legacy, f"messages[{index}].function_call")


def _of_function(function: Mapping[str, Any], place: str) -> Iterator[str]:
    if not _is_name(function.get("name")):
        yield f"{place}.name must be text"
    if not _is_object(function.get("arguments")):
        yield f"{place}.arguments {_ARGUMENTS}"


def _of_blocks(message: Mapping[str, Any], index: int) -> Iterator[str]:
    """Errors in a message of Anthropic's protocol."""
    for number, block in enumerate(listed(message.get("content"))):
        place = f"messages[{index}].content[{number}]"
        if block["type"] == "tool_use":
            if not isinstance(block.get("input"), dict):
                yield f"{place}.input must be an object"
            for name in ("id", "name"):
                if not _is_name(block.get(name)):
                    yield f"{place}.{name} must be text"
        elif block["type"] == "tool_result":
            if not _is_name(block.get("tool_use_id")):
                yield f"{place}.tool_use_id must be text"
            if not is_content(block.get("content")):
                yield f"{place}.content must be text, or a list of objects with a type, texts with their text"


def _of_items(items: list[Mapping[str, Any]]) -> Iterator[str]:
    """Errors in the items of OpenAI's Responses API."""
    for index, item in enumerate(items):
        place, kind = f"input[{index}]", item.get("type")
        # Messages and references may omit it: https://platform.openai.com/docs/api-reference/responses/create
        untyped = kind is None and any(isinstance(item.get(name), str) for name in ("role", "id"))
        if not (isinstance(kind, str) or untyped):
            yield f'{place} has no type: "message", "function_call", "function_call_output" or another'
        elif kind == "function_call":
            yield from _of_function(item, place)
        elif kind == "custom_tool_call":
            if not isinstance(item.get("input"), str):
                yield f"{place}.input must be text"
            if not _is_name(item.get("name")):
                yield f"{place}.name must be text"
        if kind in _CALLS and not _is_name(item.get("call_id")):
            yield f"{place}.call_id must be text"


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_object(arguments: object) -> bool:
    if not isinstance(arguments, str):
        return False
    try:
        return isinstance(orjson.loads(arguments), dict)
    except orjson.JSONDecodeError:
        pass
    # Python's parser accepts some values that orjson rejects and LiteLLM accepts: NaN, and a lone surrogate.
    try:
        return isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        return False
