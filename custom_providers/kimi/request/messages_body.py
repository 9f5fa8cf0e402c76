"""Converts a request from OpenAI's format to a ``/v1/messages`` body, with thinking blocks and signatures."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from custom_providers.json_parts import mapping, unwrapped
from custom_providers.kimi.request import reasoning
from custom_providers.kimi.request.prepare import PreparedRequest

Block = dict[str, Any]

_DATA_URL = re.compile(r"data:(?P<media>[\w.+-]+/[\w.+-]+);base64,(?P<data>.*)", re.DOTALL)
_CARRIED = frozenset(
    {
        *("max_tokens", "max_completion_tokens", "stop", "tools", "tool_choice", "user", "response_format"),
        *("parallel_tool_calls",),
    }
)
"""Fields with a counterpart on the Anthropic wire; no other can be sent there."""


class UnsupportedContentError(ValueError):
    """A message part that the Anthropic protocol cannot carry; the message names it."""


def body(request: PreparedRequest, *, stream: bool) -> dict[str, Any]:
    """The body for ``/v1/messages``.

    Raises:
        UnsupportedContentError: a message part has no counterpart there.
    """
    fields = request.fields
    budget = fields.get("max_completion_tokens") or fields.get("max_tokens") or request.traits.default_output
    system = [text for message in request.messages if message.get("role") == "system" for text in _texts(message)]
    system += _json_instruction(fields.get("response_format"))
    stop = fields.get("stop")
    return {
        "model": request.model,
        "max_tokens": budget,
        **({"system": "\n\n".join(system)} if system else {}),
        "messages": _turns(request.messages),
        **_tools(fields),
        **({"stop_sequences": [stop] if isinstance(stop, str) else stop} if stop else {}),
        **({"metadata": {"user_id": fields["user"]}} if fields.get("user") else {}),
        **reasoning.anthropic_fields(request.thinking),
        **({"stream": True} if stream else {}),
    }


def left_out(request: PreparedRequest) -> tuple[str, ...]:
    """The parameters that this wire cannot carry, or only with another meaning."""
    fields = request.fields
    foreign = [name for name in fields if name not in _CARRIED]
    if any(tool["type"] != "function" for tool in fields.get("tools") or ()):
        foreign.append("tools")
    if _json_instruction(fields.get("response_format")):
        foreign.append("response_format")
    return tuple(foreign)


def _turns(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Alternating user and assistant turns: tool results count as the user's, and adjacent turns of a role merge."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        if message.get("role") == "system":
            continue
        role = "assistant" if message.get("role") == "assistant" else "user"
        blocks = _assistant(message) if role == "assistant" else _user(message)
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        else:
            turns.append({"role": role, "content": blocks})
    return turns


def _user(message: Mapping[str, Any]) -> list[Block]:
    if message.get("role") != "tool":
        return _content(message)
    content = message.get("content")
    result = content if isinstance(content, str) else _content(message)
    return [{"type": "tool_result", "tool_use_id": _id(message.get("tool_call_id")), "content": result}]


def _assistant(message: Mapping[str, Any]) -> list[Block]:
    uses = [
        {
            "type": "tool_use",
            "id": _id(call["id"]),
            "name": call["function"]["name"],
            "input": _arguments(call["function"]["arguments"]),
        }
        for call in message.get("tool_calls") or ()
    ]
    return [*_thoughts(message), *_content(message), *uses]


def _thoughts(message: Mapping[str, Any]) -> list[Block]:
    """Thinking blocks unchanged; reasoning from an OpenAI client becomes an unsigned block."""
    blocks = [dict(block) for block in message.get("thinking_blocks") or ()]
    thought = message.get("reasoning_content")
    thinking = [block for block in blocks if block.get("type") == "thinking"]
    if not blocks:
        return [{"type": "thinking", "thinking": thought, "signature": ""}] if thought else []
    for block in thinking:
        block.setdefault("signature", "")
    if len(thinking) == 1 and thought and not thinking[0].get("thinking"):
        # Streams send text and signature separately, and not every client joins them again.
        thinking[0]["thinking"] = thought
    return blocks


def _content(message: Mapping[str, Any]) -> list[Block]:
    content = message.get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return [_block(part) for part in content or ()]


def _block(part: Any) -> Block:
    kind = mapping(part).get("type")
    if kind == "text":
        return {"type": "text", "text": part["text"]}
    if kind == "image_url":
        return {"type": "image", "source": _source(unwrapped(part.get("image_url"), "url"))}
    raise UnsupportedContentError(
        f'a content part of type "{kind}" cannot be sent over Kimi\'s Anthropic protocol: set protocol = "openai"'
    )


def _source(url: Any) -> Block:
    match = _DATA_URL.fullmatch(url) if isinstance(url, str) else None
    if match:
        return {"type": "base64", "media_type": match["media"], "data": match["data"]}
    return {"type": "url", "url": url}


def _texts(message: Mapping[str, Any]) -> list[str]:
    content = message.get("content")
    if isinstance(content, str):
        return [content] if content else []
    return [part["text"] for part in content or () if isinstance(part, Mapping) and part.get("type") == "text"]


def _tools(fields: Mapping[str, Any]) -> dict[str, Any]:
    functions = [tool["function"] for tool in fields.get("tools") or () if tool.get("type") == "function"]
    if not functions:
        return {}
    tools = [
        {
            "name": function["name"],
            **({"description": function["description"]} if function.get("description") else {}),
            "input_schema": function.get("parameters") or {"type": "object", "properties": {}},
        }
        for function in functions
    ]
    choice = _choice(fields.get("tool_choice"), parallel=fields.get("parallel_tool_calls") is not False)
    return {"tools": tools, **({"tool_choice": choice} if choice else {})}


def _choice(choice: Any, *, parallel: bool) -> Block | None:
    if isinstance(choice, Mapping):
        named: Block | None = {"type": "tool", "name": choice["function"]["name"]}
    else:
        named = {"type": {"required": "any"}.get(choice, choice)} if choice else None
    if parallel or named == {"type": "none"}:
        return named
    return {**(named or {"type": "auto"}), "disable_parallel_tool_use": True}


def _json_instruction(response_format: Any) -> list[str]:
    """The Anthropic wire has no response format, so the system prompt asks for JSON."""
    kind = mapping(response_format).get("type")
    if kind == "json_object":
        return ["Answer with one JSON object and nothing else."]
    if kind != "json_schema":
        return []
    schema = json.dumps((response_format.get("json_schema") or {}).get("schema") or {})
    return [f"Answer with one JSON value that matches this JSON schema, and nothing else:\n{schema}"]


def _id(call_id: Any) -> str:
    """Ids such as ``functions.read:0`` do not match Anthropic's pattern."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", str(call_id or ""))


def _arguments(arguments: str) -> dict[str, Any]:
    try:
        parsed = json.loads(arguments)
    except ValueError:
        parsed = None
    return parsed if isinstance(parsed, dict) else {"arguments": arguments}
