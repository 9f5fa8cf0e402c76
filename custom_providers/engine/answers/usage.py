"""Converts token usage from either protocol to OpenAI's format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.engine.answers.checked_parts import children
from custom_providers.json_parts import mapping

Usage = Mapping[str, Any]


def from_chunk(chunk: Mapping[str, Any]) -> Usage | None:
    """The usage in a chat answer or chunk: at the top level, or in the first choice, as in Kimi's streams.

    A stream may have both with the same content, so readers use the last one and do not add them up.
    """
    usage = mapping(chunk.get("usage"))
    if not usage and (choices := children(chunk, "choices")):
        usage = mapping(choices[0].get("usage"))
    return from_chat(usage) if usage else None


def from_chat(usage: Usage) -> Usage:
    """Chat usage; cached tokens may be at the top level, nested or absent. Other fields are kept."""
    prompt, completion = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    cached = _count(usage, "cached_tokens") or _count(mapping(usage.get("prompt_tokens_details")), "cached_tokens")
    reasoning = _count(mapping(usage.get("completion_tokens_details")), "reasoning_tokens")
    counted = dict(_usage(prompt, completion, cached, reasoning))
    for details in ("prompt_tokens_details", "completion_tokens_details"):
        if more := {**mapping(usage.get(details)), **mapping(counted.get(details))}:
            counted[details] = more
    return {**{name: value for name, value in usage.items() if name != "cached_tokens"}, **counted}


def from_messages(usage: Usage) -> Usage:
    """Messages usage: Anthropic counts cached tokens separately, OpenAI includes them, and Kimi adds its own total."""
    read = _count(usage, "cache_read_input_tokens")
    separate = _count(usage, "input_tokens") + read + _count(usage, "cache_creation_input_tokens")
    prompt = _count(usage, "prompt_tokens") or separate
    counted = dict(_usage(prompt, _count(usage, "output_tokens"), read or _count(usage, "cached_tokens"), 0))
    if written := _count(usage, "cache_creation_input_tokens"):
        # LiteLLM's names: it prices cache writes separately, by how long an entry is kept.
        counted |= {"cache_creation_input_tokens": written, "cache_read_input_tokens": read}
        counted["prompt_tokens_details"] = {
            **counted["prompt_tokens_details"],
            "cache_creation_tokens": written,
            **({"cache_creation_token_details": ages} if (ages := mapping(usage.get("cache_creation"))) else {}),
        }
    if tools := mapping(usage.get("server_tool_use")):
        counted["server_tool_use"] = tools
    return counted


def _usage(prompt: int, completion: int, cached: int, reasoning: int) -> Usage:
    usage: dict[str, Any] = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    if reasoning:
        usage["completion_tokens_details"] = {"reasoning_tokens": reasoning}
    return usage


def _count(usage: Usage, name: str) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) else 0
