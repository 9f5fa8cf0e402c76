"""Adapts a request's messages to Kimi: no empty content, no missing reasoning, short ids."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from custom_providers.kimi.request import reasoning
from custom_providers.kimi.request.tools import wire_id, wire_name

Message = dict[str, Any]

_NOT_OURS = frozenset(
    {"provider_specific_fields", "reasoning", "reasoning_items", "annotations", "refusal", "images", "cache_control"}
)
"""Internal fields of LiteLLM and SDKs on messages."""


def clean(messages: Sequence[Mapping[str, Any]], *, thinking: bool) -> tuple[list[Message], tuple[str, ...]]:
    """Return the messages to send, and ``("messages",)`` if one was dropped.

    Keeps ``thinking_blocks`` for the Anthropic wire.

    Args:
        messages: as the caller sent them.
        thinking: whether the model will think; only then reasoning may, and must, be sent back.
    """
    cleaned = [_message(message, thinking=thinking) for message in messages]
    kept = [message for message in cleaned if not _says_nothing(message)]
    # If all messages are empty, send them: Kimi's own error explains the mistake.
    return (kept, ("messages",)) if 0 < len(kept) < len(cleaned) else (cleaned, ())


def _message(message: Mapping[str, Any], *, thinking: bool) -> Message:
    result = {key: value for key, value in message.items() if value is not None and key not in _NOT_OURS}
    if result.get("role") == "developer":
        result["role"] = "system"
    if isinstance(result.get("content"), list):
        result["content"] = _parts(result["content"]) or ""
    if result.get("role") == "assistant":
        return _assistant(result, reasoning.of_message(message), thinking=thinking)
    if isinstance(result.get("tool_call_id"), str):
        result["tool_call_id"] = wire_id(result["tool_call_id"])
    return result


def _assistant(message: Message, thought: str | None, *, thinking: bool) -> Message:
    message.pop("reasoning_content", None)
    calls = message.pop("tool_calls", None)
    if calls:
        message["tool_calls"] = [_call(call) for call in calls]
        if not _text(message.get("content")).strip():
            # "text content is empty": Kimi Code's answer to an empty text next to tool calls. No content is accepted.
            message.pop("content", None)
        # "thinking is enabled but reasoning_content is missing in assistant tool call message at index N"
        thought = thought or reasoning.PLACEHOLDER
    if not thinking:
        # "Extra inputs are not permitted", when thinking is off.
        message.pop("thinking_blocks", None)
    elif thought:
        message["reasoning_content"] = thought
    return message


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call.get("function") or {}
    arguments = function.get("arguments")
    return {
        "id": wire_id(str(call.get("id") or "")),
        "type": "function",
        "function": {
            "name": wire_name(str(function.get("name") or "")),
            "arguments": arguments if isinstance(arguments, str) and arguments else json.dumps(arguments or {}),
        },
    }


def _parts(parts: Sequence[Any]) -> list[Any]:
    """Content parts without empty texts and without other providers' parts."""
    return [
        _part(part) if isinstance(part, Mapping) else part
        for part in parts
        if not (isinstance(part, Mapping) and part.get("type") == "text" and not part.get("text"))
    ]


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    if part.get("type") == "tool_reference":
        # "unsupported content type in ContentBlockParamUnion: tool_reference", which is Claude Code's tool search.
        return {"type": "text", "text": f"tool: {part.get('tool_name')}"}
    return {key: value for key, value in part.items() if key != "cache_control"}


def _text(content: Any) -> str:
    """The text of a content, or a placeholder if it has parts that are not text; empty if it is empty."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "".join(str(part.get("text") or "x") if isinstance(part, Mapping) else str(part) for part in content)


def _says_nothing(message: Message) -> bool:
    """Whether Kimi would answer 400 because the message is empty. A tool's empty result is kept."""
    if message.get("role") == "tool" or message.get("tool_calls") or message.get("tools"):
        return False
    return not _text(message.get("content"))
