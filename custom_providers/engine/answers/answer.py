"""A complete answer in one format, from either protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from custom_providers.engine.answers import usage
from custom_providers.engine.answers.checked_parts import UnreadableError, child, children, text
from custom_providers.engine.answers.usage import Usage
from custom_providers.json_parts import mapping, parsed_object

STOP_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
"""From Anthropic's stop reason to OpenAI's finish reason."""
_FINISHES = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call"})
"""OpenAI's finish reasons; clients may fail on others."""


_READ = frozenset({"role", "content", "reasoning_content", "reasoning", "tool_calls"})
_ABOUT = ("system_fingerprint", "service_tier", "provider", "citations")


class ErrorUnder200Error(Exception):
    """A 200 response contains an error object, as a whole answer or inside a stream."""

    def __init__(self, error: object) -> None:
        super().__init__("an error object under a 200")
        self.error = error


def require_no_error(part: Mapping[str, Any]) -> None:
    """Raise if ``part``, an answer or a part of one, contains an error.

    Raises:
        ErrorUnder200Error: it does.
    """
    if part.get("error"):
        raise ErrorUnder200Error(part["error"])
    if part.get("object") == "error":  # vLLM and servers made of it
        raise ErrorUnder200Error(part)
    if part.get("finish_reason") == "error":  # OpenRouter's, for a model that failed
        raise ErrorUnder200Error("the model stopped with an error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The model's output in one turn."""

    id: str
    finish: str
    content: str | None
    reasoning: str | None
    thinking_blocks: tuple[Mapping[str, Any], ...] = ()
    """Anthropic's blocks with their signatures; empty on the OpenAI wire."""
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    usage: Usage | None = None
    other: Mapping[str, Any] = field(default_factory=dict)
    """Provider-specific fields of the message."""
    logprobs: Any = None
    about: Mapping[str, Any] = field(default_factory=dict)
    """The answer's metadata on how it was generated."""

    def deltas(self) -> list[dict[str, Any]]:
        """The answer as stream deltas."""
        parts: list[dict[str, Any]] = []
        if self.thinking_blocks:
            parts.append({"thinking_blocks": list(self.thinking_blocks)})
        elif self.reasoning:
            parts.append({"reasoning_content": self.reasoning})
        if self.content:
            parts.append({"content": self.content})
        return parts + [{"tool_calls": [{"index": index, **call}]} for index, call in enumerate(self.tool_calls)]

    @property
    def spent_on_reasoning(self) -> bool:
        """Whether the answer is empty because reasoning used up the whole token budget."""
        return is_spent(self.finish, said=bool(self.content or self.tool_calls), thought=bool(self.reasoning))


def finish_of(reason: str, *, called: bool) -> str:
    """OpenAI's finish reason; many servers say "stop" where a call has to be answered, and clients then end their loop.

    Some send other reasons, such as Anthropic's, or "function_call" for tool calls.
    """
    reason = reason if reason in _FINISHES else STOP_REASONS.get(reason, "stop")
    return "tool_calls" if called and reason in {"stop", "function_call"} else reason


def said_and_thought(part: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The text and the reasoning in a message or delta. Mistral's models write both as parts of the content.

    Raises:
        UnreadableError: one of them is neither text nor a list of parts.
    """
    thought = text(part, "reasoning_content") or text(part, "reasoning")
    if not isinstance(part.get("content"), list):
        return text(part, "content"), thought
    parts = children(part, "content")
    said = "".join(text(each, "text") or "" for each in parts if each.get("type") == "text")
    inner = [each for each in parts if each.get("type") == "thinking"]
    thoughts = [text(deep, "text") or "" for each in inner for deep in children(each, "thinking")]
    return said or None, thought or "".join(thoughts) or None


def unused(call_id: str, used: set[str]) -> str:
    """The id of a tool call, changed if an earlier call of the answer has it, and noted in ``used``."""
    if call_id in used:
        call_id = f"{call_id}_{len(used)}"
    used.add(call_id)
    return call_id


def is_spent(finish: str | None, *, said: bool, thought: bool) -> bool:
    """Whether an answer reached its token limit with reasoning and nothing else."""
    return finish == "length" and thought and not said


def from_chat(body: Mapping[str, Any], renamed: Mapping[str, str]) -> Answer:
    """Read an answer of ``/chat/completions``.

    Raises:
        ErrorUnder200Error: the body is an error.
        UnreadableError: the body is neither an answer nor an error.
    """
    require_no_error(body)
    choice = next(iter(children(body, "choices")), {})
    require_no_error(choice)
    if choice.get("message") is None:
        raise UnreadableError("there is no message")
    message = child(choice, "message")
    said, thought = said_and_thought(message)
    used: set[str] = set()
    calls = tuple(_tool_call(call, renamed, used) for call in children(message, "tool_calls"))
    return Answer(
        id=str(body.get("id") or ""),
        finish=finish_of(text(choice, "finish_reason") or "stop", called=bool(calls)),
        content=said,
        reasoning=thought,
        tool_calls=calls,
        usage=usage.from_chunk(body),
        other={name: value for name, value in message.items() if name not in _READ and value is not None},
        logprobs=choice.get("logprobs"),
        about={name: body[name] for name in _ABOUT if body.get(name) is not None},
    )


def from_messages(body: Mapping[str, Any], renamed: Mapping[str, str]) -> Answer:
    """Read an answer of ``/v1/messages``.

    Raises:
        ErrorUnder200Error: the body is an error.
        UnreadableError: the body is neither an answer nor an error.
    """
    require_no_error(body)
    if body.get("content") is None:
        raise UnreadableError("there is no content")
    blocks = [(text(block, "type"), block) for block in children(body, "content")]
    texts = [text(block, "text") or "" for kind, block in blocks if kind == "text"]
    thoughts = tuple(thought(block) for kind, block in blocks if kind in {"thinking", "redacted_thinking"})
    return Answer(
        id=str(body.get("id") or ""),
        finish=STOP_REASONS.get(text(body, "stop_reason") or "", "stop"),
        content="".join(texts) if texts else None,
        reasoning="".join(block.get("thinking", "") for block in thoughts) or None,
        thinking_blocks=thoughts,
        tool_calls=tuple(_tool_use(block, renamed) for kind, block in blocks if kind == "tool_use"),
        usage=usage.from_messages(counted) if (counted := mapping(body.get("usage"))) else None,
    )


def thought(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return a thinking block as received, without null values.

    Raises:
        UnreadableError: one of its texts is not a string.
    """
    for name in ("thinking", "signature", "data"):
        text(block, name)
    return {name: value for name, value in block.items() if value is not None}


def function_name(function: Mapping[str, Any], renamed: Mapping[str, str]) -> str:
    """Return the client's name for a called function.

    Raises:
        UnreadableError: it has no name.
    """
    name = text(function, "name")
    if not name:
        raise UnreadableError("a tool call names no function")
    return renamed.get(name, name)


def arguments_of(function: Mapping[str, Any]) -> str:
    """Return a function's arguments as text; some servers send an object.

    Raises:
        UnreadableError: they are neither.
    """
    if isinstance(arguments := function.get("arguments"), Mapping):
        return json.dumps(arguments, ensure_ascii=False)
    return text(function, "arguments") or ""


def object_text(arguments: str) -> str:
    """Complete arguments as an object's JSON text, where a model wrote nothing, null, or that text in a JSON string."""
    if not arguments.strip():
        return "{}"
    if arguments.lstrip().startswith("{"):
        return arguments
    try:
        value = json.loads(arguments)
    except ValueError:
        return arguments
    if value is None:
        return "{}"
    return value if isinstance(value, str) and parsed_object(value) is not None else arguments


def _tool_call(call: Mapping[str, Any], renamed: Mapping[str, str], used: set[str]) -> Mapping[str, Any]:
    function, call_id = child(call, "function"), text(call, "id")
    arguments = object_text(arguments_of(function))
    return _call(call_id and unused(call_id, used), function_name(function, renamed), arguments)


def _tool_use(block: Mapping[str, Any], renamed: Mapping[str, str]) -> Mapping[str, Any]:
    return _call(text(block, "id"), function_name(block, renamed), json.dumps(child(block, "input")))


def _call(call_id: str | None, name: str, arguments: str) -> Mapping[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
