"""Conversations for servers that speak chat completions, without what LiteLLM's translation adds. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from custom_providers.json_parts import mappings

_THOUGHTS = "thinking_blocks"
"""LiteLLM's copy of Anthropic's blocks, next to their text as ``reasoning_content``; strict servers answer 400."""
_SAYING = ("content", "tool_calls", "reasoning_content")


def conversation(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Translated messages with the fields that OpenAI documents, and without those of which nothing remains."""
    return list(_messages(messages))


def _messages(messages: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for message in messages:
        kept = {name: value for name, value in message.items() if name != _THOUGHTS}
        if calls := mappings(kept.get("tool_calls")):
            # LiteLLM numbers the calls of a Responses conversation, all with 0.
            kept["tool_calls"] = [{name: value for name, value in call.items() if name != "index"} for call in calls]
        if len(kept) == len(message) or any(kept.get(name) for name in _SAYING):
            yield kept
