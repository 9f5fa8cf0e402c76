"""Tokens, cost, finish reason and tools of an answer, from LiteLLM's logging payload. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from custom_providers.json_parts import mapping, mappings
from custom_providers.observability.audit.record import Counts, clean_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The part of a row that only LiteLLM knows, once an answer is complete or has broken off."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    cost: float | None = None
    finish_reason: str | None = None
    tool_calls: Counts | None = None
    text: str | None = None
    """Only if text is stored."""


def details(payload: Mapping[str, Any], *, with_text: bool) -> Details:
    """Reads a ``StandardLoggingPayload``; the answer's text only on demand, as it may be megabytes.

    Usage has the format of chat completions for every API; the response has the format of the API that was called.
    """
    usage = mapping(mapping(payload.get("metadata")).get("usage_object"))
    response = mapping(payload.get("response"))
    chat = mappings(response.get("choices"))
    output = mappings(response.get("output"))
    tools = Counter(clean_name(name) for name in (*_chat_tools(chat), *_output_tools(output)))
    return Details(
        prompt_tokens=_whole(payload.get("prompt_tokens")),
        completion_tokens=_whole(payload.get("completion_tokens")),
        reasoning_tokens=_whole(mapping(usage.get("completion_tokens_details")).get("reasoning_tokens")),
        cached_tokens=_whole(mapping(usage.get("prompt_tokens_details")).get("cached_tokens")),
        cost=_number(payload.get("response_cost")),
        finish_reason=_chat_finish(chat) or _output_finish(response),
        tool_calls=dict(tools) or None,
        text="".join((*_chat_text(chat), *_output_text(output))) or None if with_text else None,
    )


def _chat_finish(choices: Iterable[Mapping[str, Any]]) -> str | None:
    return next((str(choice["finish_reason"]) for choice in choices if choice.get("finish_reason")), None)


def _output_finish(response: Mapping[str, Any]) -> str | None:
    """The Responses API says "completed", or "incomplete" with the reason in another field."""
    if reason := mapping(response.get("incomplete_details")).get("reason"):
        return str(reason)
    status = response.get("status")
    return status if isinstance(status, str) else None


def _chat_tools(choices: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for choice in choices:
        for call in mappings(mapping(choice.get("message")).get("tool_calls")):
            yield str(mapping(call.get("function")).get("name"))


def _output_tools(output: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (str(item.get("name")) for item in output if item.get("type") == "function_call")


def _chat_text(choices: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    contents = (mapping(choice.get("message")).get("content") for choice in choices)
    return (content for content in contents if isinstance(content, str))


def _output_text(output: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    parts = (part for item in output for part in mappings(item.get("content")))
    return (part["text"] for part in parts if isinstance(part.get("text"), str))


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
