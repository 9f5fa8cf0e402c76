"""A whole answer of Kimi, from either protocol, in one shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custom_providers.kimi import usage
from custom_providers.kimi.usage import Usage

STOP_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
"""Anthropic's word for how an answer ended, and OpenAI's."""


class UnreadableError(ValueError):
    """An answer that is no answer; the message quotes what it is instead."""


class RefusedError(Exception):
    """An error object under a 200, as a whole answer or inside a stream."""

    def __init__(self, error: object) -> None:
        super().__init__("an error object under a 200")
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model said in one turn."""

    id: str
    finish: str
    content: str | None
    reasoning: str | None
    thinking_blocks: tuple[Mapping[str, Any], ...] = ()
    """Anthropic's blocks with their signatures; empty on the OpenAI wire."""
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    usage: Usage | None = None

    @property
    def spent_on_reasoning(self) -> bool:
        """Whether the answer is empty because its whole budget went into reasoning."""
        return is_spent(self.finish, said=bool(self.content or self.tool_calls), thought=bool(self.reasoning))


def is_spent(finish: str | None, *, said: bool, thought: bool) -> bool:
    """Whether an answer ended by its budget with reasoning and nothing else."""
    return finish == "length" and thought and not said


def from_chat(body: Any, renamed: Mapping[str, str]) -> Answer:
    """Read an answer of ``/chat/completions``.

    Raises:
        RefusedError: it is an error.
        UnreadableError: it is neither.
    """
    _raise_error(body)
    choices = body.get("choices") if isinstance(body, Mapping) else None
    choice = choices[0] if choices else {}
    message = choice.get("message")
    if not isinstance(message, Mapping):
        raise UnreadableError(f"no message in {json.dumps(body)[:200]}")
    return Answer(
        id=str(body.get("id") or ""),
        finish=str(choice.get("finish_reason") or "stop"),
        content=message.get("content"),
        reasoning=message.get("reasoning_content"),
        tool_calls=tuple(_tool_call(call, renamed) for call in message.get("tool_calls") or ()),
        usage=usage.from_chunk(body),
    )


def from_messages(body: Any, renamed: Mapping[str, str]) -> Answer:
    """Read an answer of ``/v1/messages``.

    Raises:
        RefusedError: it is an error.
        UnreadableError: it is neither.
    """
    _raise_error(body)
    blocks = body.get("content") if isinstance(body, Mapping) else None
    if not isinstance(blocks, list):
        raise UnreadableError(f"no content in {json.dumps(body)[:200]}")
    texts = [block["text"] for block in blocks if block.get("type") == "text"]
    thoughts = tuple(block for block in blocks if block.get("type") in {"thinking", "redacted_thinking"})
    return Answer(
        id=str(body.get("id") or ""),
        finish=STOP_REASONS.get(str(body.get("stop_reason")), "stop"),
        content="".join(texts) if texts else None,
        reasoning="".join(block.get("thinking") or "" for block in thoughts) or None,
        thinking_blocks=thoughts,
        tool_calls=tuple(_tool_use(block, renamed) for block in blocks if block.get("type") == "tool_use"),
        usage=usage.from_messages(body["usage"]) if body.get("usage") else None,
    )


def _raise_error(body: Any) -> None:
    if isinstance(body, Mapping) and body.get("error"):
        raise RefusedError(body["error"])


def _tool_call(call: Mapping[str, Any], renamed: Mapping[str, str]) -> Mapping[str, Any]:
    function = call["function"]
    name = str(function.get("name") or "")
    arguments = function.get("arguments") or "{}"
    return {
        "id": call.get("id"),
        "type": "function",
        "function": {"name": renamed.get(name, name), "arguments": arguments},
    }


def _tool_use(block: Mapping[str, Any], renamed: Mapping[str, str]) -> Mapping[str, Any]:
    name = str(block.get("name") or "")
    return {
        "id": block.get("id"),
        "type": "function",
        "function": {"name": renamed.get(name, name), "arguments": json.dumps(block.get("input") or {})},
    }
