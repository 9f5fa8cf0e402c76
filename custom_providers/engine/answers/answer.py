"""A complete answer in one format, from either protocol."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from custom_providers.engine.answers import usage
from custom_providers.engine.answers.checked_parts import UnreadableError, child, children, text
from custom_providers.engine.answers.finish_reasons import FAILED, STOP_REASONS, finish_of, is_spent
from custom_providers.engine.answers.usage import Usage
from custom_providers.json_parts import mapping, mappings, parsed_object

_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "reasoning_text")
"""Where servers put a model's reasoning: DeepSeek and Kimi, OpenRouter and vLLM, Ollama, GitHub Copilot."""
_READ = frozenset({"role", "content", "tool_calls", *_THOUGHTS})
"""Fields of a message that are read; all others are passed on."""
_SAYS = ("refusal", "function_call", "images", "audio")
"""Those of the others that are an answer without text."""
_ABOUT = {"system_fingerprint": str, "service_tier": str, "provider": str, "citations": list, "search_results": list}
"""Metadata on how an answer was generated, by the type it must have."""


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
    if (reason := str(part.get("finish_reason")).lower()) in FAILED:
        raise ErrorUnder200Error("the model stopped with an error" + ("" if reason == "error" else f": {reason}"))


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
    stop: str | None = None
    """The stop sequence that ended the answer, if the provider names it."""

    def deltas(self) -> list[dict[str, Any]]:
        """The answer as stream deltas."""
        parts: list[dict[str, Any]] = []
        if self.thinking_blocks:
            parts.append({"thinking_blocks": list(self.thinking_blocks)})
        elif self.reasoning:
            parts.append({"reasoning_content": self.reasoning})
        if self.content:
            parts.append({"content": self.content})
        parts += [{name: self.other[name]} for name in ("refusal", "annotations") if self.other.get(name)]
        return parts + [{"tool_calls": [{"index": index, **call}]} for index, call in enumerate(self.tool_calls)]

    @property
    def spent_on_reasoning(self) -> bool:
        """Whether the answer is empty because reasoning used up the whole token budget."""
        said = bool(self.content or self.tool_calls) or says(self.other)
        return is_spent(self.finish, said=said, thought=bool(self.reasoning))


def said_and_thought(part: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The text and the reasoning in a message or delta. Mistral's models write both as parts of the content.

    Raises:
        UnreadableError: the text is neither a string nor a list of parts.
    """
    thought = next((value for name in _THOUGHTS if isinstance(value := part.get(name), str) and value), _detailed(part))
    if not isinstance(part.get("content"), list):
        return text(part, "content"), thought
    parts = children(part, "content")
    said = "".join(text(each, "text") or "" for each in parts if each.get("type") == "text")
    inner = [each for each in parts if each.get("type") == "thinking"]
    thoughts = [text(deep, "text") or "" for each in inner for deep in children(each, "thinking")]
    return said or None, thought or "".join(thoughts) or None


def _detailed(part: Mapping[str, Any]) -> str | None:
    """The reasoning in OpenRouter's ``reasoning_details``, for servers that send nothing else."""
    details = mappings(part.get("reasoning_details"))
    texts = [value for each in details for value in (each.get("text"), each.get("summary")) if isinstance(value, str)]
    return "".join(texts) or None


def about(body: Mapping[str, Any]) -> dict[str, Any]:
    """An answer's or chunk's metadata that clients get as well."""
    return {name: body[name] for name, kind in _ABOUT.items() if isinstance(body.get(name), kind)}


def tool_calls(part: Mapping[str, Any], *, older: bool) -> list[Mapping[str, Any]]:
    """The tool calls in a message or delta, with the call of OpenAI's older ``functions`` unless the client uses those.

    Raises:
        UnreadableError: they are not objects.
    """
    calls = children(part, "tool_calls")
    function = None if older else mapping(part.get("function_call"))
    return [*calls, {"function": function}] if function else calls


def others(part: Mapping[str, Any], *, older: bool) -> dict[str, Any]:
    """The fields of a message or delta that are passed on."""
    read = _READ if older else _READ | {"function_call"}
    return {name: value for name, value in part.items() if name not in read and value is not None}


def says(other: Mapping[str, Any]) -> bool:
    """Whether the other fields of a message or delta are an answer without text."""
    return any(other.get(name) for name in _SAYS)


def unused(call_id: object, used: set[str]) -> str:
    """The id of a tool call, changed if an earlier call of the answer has it, and noted in ``used``.

    Without one, the id is random: the calls of a conversation must not have the same.
    """
    call_id = str(call_id or f"call_{uuid.uuid4().hex}")
    if call_id in used:
        call_id = f"{call_id}_{len(used)}"
    used.add(call_id)
    return call_id


def from_chat(body: Mapping[str, Any], renamed: Mapping[str, str], *, older: bool = False) -> Answer:
    """Read an answer of ``/chat/completions``.

    Args:
        body: the answer.
        renamed: from function names on the wire to the caller's.
        older: the client uses OpenAI's older ``functions``.

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
    calls = tuple(_tool_call(call, renamed, used) for call in tool_calls(message, older=older))
    return Answer(
        id=str(body.get("id") or ""),
        finish=finish_of(text(choice, "finish_reason") or "stop", called=bool(calls)),
        content=said,
        reasoning=thought,
        tool_calls=calls,
        usage=usage.from_chunk(body),
        other=others(message, older=older),
        logprobs=choice.get("logprobs"),
        about=about(body),
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
        stop=text(body, "stop_sequence"),
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


def as_object(arguments: str) -> str:
    """Arguments as an object's JSON text, as Anthropic's protocol requires: anything else becomes a member of one.

    A model writes something else by mistake, or reaches its token limit within a call.
    """
    return arguments if parsed_object(arguments) is not None else json.dumps({"arguments": arguments})


def _tool_call(call: Mapping[str, Any], renamed: Mapping[str, str], used: set[str]) -> Mapping[str, Any]:
    function = child(call, "function")
    arguments = object_text(arguments_of(function))
    return _call(unused(call.get("id"), used), function_name(function, renamed), arguments)


def _tool_use(block: Mapping[str, Any], renamed: Mapping[str, str]) -> Mapping[str, Any]:
    return _call(text(block, "id"), function_name(block, renamed), json.dumps(child(block, "input")))


def _call(call_id: str | None, name: str, arguments: str) -> Mapping[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
