"""The model behind every simulated upstream: its answer to a prompt, and the tokens used. Pure.

It answers PONG if asked to reply PONG, calls the first tool if the user mentions the weather (in parallel for
several cities that it knows), calls the tools that the user names, repeats a tool's result, fills a JSON schema if
JSON is requested, and otherwise repeats the user's last message. A token is a word with the blanks before it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

CITIES = ("Paris", "Rome", "Oslo")

REASONING = "The user wants an answer, so I give a short one."

Finish = Literal["stop", "length", "tool_calls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that the model may call."""

    name: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    """The JSON schema of its arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A request, independent of its wire format."""

    model: str
    user: str
    """The text of the last user message."""
    tokens: int
    cached: int = 0
    """Tokens of all messages but the last, which a prompt cache would hold."""
    stream: bool = False
    tool_result: str | None = None
    """The text of the tool results after the last user message."""
    tools: tuple[Tool, ...] = ()
    """The tools it may call: none if the request forbids calls, one if the request forces one."""
    must_call: bool = False
    json_schema: Mapping[str, Any] | None = None
    """The schema of the answer; an empty schema means any JSON object."""
    think: bool = False
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call of one tool."""

    name: str
    arguments: Mapping[str, Any]

    @property
    def arguments_json(self) -> str:
        """The arguments as the string that OpenAI-shaped APIs carry."""
        return json.dumps(self.arguments, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The tokens of one request. The prompt includes the cached ones, the completion the reasoning."""

    prompt: int
    cached: int
    completion: int
    reasoning: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The model's answer."""

    text: str
    reasoning: str
    calls: tuple[ToolCall, ...]
    """The tool calls, made in parallel."""
    finish: Finish
    usage: Usage


def reply(prompt: Prompt) -> Turn:
    """Returns the model's turn; the token budget is spent on reasoning first, then on text."""
    thought = pieces(REASONING) if prompt.think else ()
    calls = _tool_calls(prompt)
    said = () if calls else pieces(_text(prompt))
    budget = len(thought) + len(said) if prompt.max_tokens is None else prompt.max_tokens
    spoken_thought = thought[:budget]
    spoken = said[: max(0, budget - len(thought))]
    cut_short = len(spoken_thought) + len(spoken) < len(thought) + len(said)
    call_tokens = sum(len(pieces(call.arguments_json)) for call in calls)
    return Turn(
        text="".join(spoken),
        reasoning="".join(spoken_thought),
        calls=calls,
        finish="tool_calls" if calls else "length" if cut_short else "stop",
        usage=Usage(
            prompt=prompt.tokens,
            cached=prompt.cached,
            completion=len(spoken_thought) + len(spoken) + call_tokens,
            reasoning=len(spoken_thought),
        ),
    )


def pieces(text: str) -> tuple[str, ...]:
    """Splits a text into its tokens; joined, they give the text again."""
    return tuple(re.findall(r"\s*\S+|\s+$", text))


def text_of(content: Any) -> str:
    """Returns the text of a message's content: a string, or the text parts of a list."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [part.get("text") or text_of(part.get("content")) for part in content if isinstance(part, dict)]
    return "".join(part for part in parts if isinstance(part, str))


def new_id(prefix: str, size: int = 12) -> str:
    """Returns a unique id, because it is the key of LiteLLM's spend table."""
    return prefix + secrets.token_hex(size)


def _tool_calls(prompt: Prompt) -> tuple[ToolCall, ...]:
    if not prompt.tools or prompt.tool_result is not None:
        return ()
    first = prompt.tools[0]
    if "weather" in prompt.user.lower():
        cities = [city for city in CITIES if city in prompt.user] or CITIES[:1]
        return tuple(ToolCall(name=first.name, arguments={"city": city}) for city in cities)
    named = [tool for tool in prompt.tools if f"call {tool.name}" in prompt.user.lower()] or (
        [first] if prompt.must_call else []
    )
    return tuple(ToolCall(name=tool.name, arguments=_arguments(tool.schema, prompt.user)) for tool in named)


def _arguments(schema: Mapping[str, Any], said: str) -> Mapping[str, Any]:
    arguments: Mapping[str, Any] = instance(schema, said) if schema.get("properties") else {}
    return arguments


def _text(prompt: Prompt) -> str:
    if prompt.tool_result is not None:
        said = f"The tool says: {prompt.tool_result}"
    elif re.search(r"\breply\b.*\bPONG\b", prompt.user, re.IGNORECASE | re.DOTALL):
        said = "PONG"
    else:
        said = prompt.user
    return said if prompt.json_schema is None else json.dumps(instance(prompt.json_schema, said))


def instance(schema: Mapping[str, Any], said: str) -> Any:
    """Returns a simple value that matches a JSON schema, with `said` in its strings.

    Understands types (Google's upper-case ones too), properties, items, enum, const, anyOf and `$ref` to `$defs`.
    """
    return _instance(schema, said, schema.get("$defs", {}))


def _instance(schema: Mapping[str, Any], said: str, defs: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        return _instance(defs[schema["$ref"].rpartition("/")[2]], said, defs)
    if "const" in schema or "enum" in schema:
        return schema.get("const", next(iter(schema.get("enum", ())), None))
    for combination in ("anyOf", "oneOf", "allOf"):
        if combination in schema:
            return _instance(schema[combination][0], said, defs)
    types = schema.get("type", "object")
    kind = (types[0] if isinstance(types, list) else types).lower()
    if kind == "object":
        properties = schema.get("properties") or {"answer": {"type": "string"}}
        return {name: _instance(part, said, defs) for name, part in properties.items()}
    if kind == "array":
        return [_instance(schema.get("items", {"type": "string"}), said, defs)]
    return {"string": said, "integer": 1, "number": 1.5, "boolean": True}.get(kind)
