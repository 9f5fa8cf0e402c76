"""Adapts the content blocks of Anthropic's protocol to providers that are reached through another API. Pure.

LiteLLM sends texts, images, PDF documents, thinking and tool calls. It drops everything else without an error: the
model answered without the document that the question was about, or without a tool's result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from custom_providers.json_parts import mapping, mappings
from custom_providers.observability.audit.record import clean_name

_TEXTS = frozenset({"text", "content"})
"""The kinds of ``source`` of a document that is text."""
_HOSTED = (
    *("server_tool_use", "web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result"),
    *("bash_code_execution_tool_result", "text_editor_code_execution_tool_result", "tool_search_tool_result"),
    *("mcp_tool_use", "mcp_tool_result", "compaction"),
)
"""Records of Anthropic's own tools: https://docs.anthropic.com/en/api/messages, 2026-11-28."""
_SENT = frozenset(
    {
        *("text", "image", "document", "search_result", "tool_use", "tool_result", "tool_reference"),
        *("thinking", "redacted_thinking"),
    }
)
NAMES = tuple(f"content.{kind}" for kind in _HOSTED)
"""What ``left_out`` calls them."""
MEMBERS = (_IS_ERROR, _CITATIONS, _SEALED) = ("tool_result.is_error", "citations", "content.redacted_thinking")
"""What it calls members of blocks that no other API has, and thinking that only Claude can read."""
_STORED = "file"
"""The ``source`` of an image or document that was uploaded to Anthropic."""
_SOURCES = {"image": ("base64", "url"), "document": ("base64", "url", "text", "content")}
"""The other kinds of ``source``; LiteLLM drops a block that has none of them."""
_TOOL = frozenset({"type", "name", "description", "input_schema", "strict", "cache_control"})
"""Members of a tool; LiteLLM writes any others into the schema of its parameters."""


def translatable(call: dict[str, Any]) -> dict[str, Any]:
    """Return a call whose texts are all text blocks, without records and members of tools that only Anthropic has."""
    if any("input_schema" in tool and not tool.keys() <= _TOOL for tool in mappings(call.get("tools"))):
        call = {**call, "tools": [_tool(tool) for tool in call["tools"]]}
    changes = [(message, _message(message)) for message in call["messages"]]
    if all(new is old for old, new in changes):
        return call
    return {**call, "messages": [new for old, new in changes if new is old or new["content"]]}


def left_out(messages: object) -> Iterator[str]:
    """The names of what other APIs lack: blocks, such as ``content.server_tool_use``, and members of blocks."""
    for block in (block for message in mappings(messages) for block in mappings(message.get("content"))):
        if (kind := block.get("type")) in _HOSTED:
            yield f"content.{kind}"
        if kind == "redacted_thinking":
            yield _SEALED
        if block.get("is_error") is True:
            yield _IS_ERROR
        if any(map(_is_cited, (block, *mappings(block.get("content"))))):
            yield _CITATIONS


def refusal(messages: object, provider: str, *, fetches: bool = False) -> str | None:
    """Return why ``provider`` cannot be sent a block without which the answer would be wrong, or None.

    Args:
        messages: the ``messages`` of a request, of any type.
        provider: the name of a provider that is reached through another API.
        fetches: whether documents reach it by URL.
    """
    for index, message in enumerate(mappings(messages)):
        for number, block in enumerate(mappings(message.get("content"))):
            if problem := _unsendable(block, str(message.get("role")), provider, fetches=fetches):
                return f"messages[{index}].content[{number}]{problem}"
    return None


def _unsendable(block: Mapping[str, Any], role: str, provider: str, *, fetches: bool) -> str | None:
    if role == "user" and _is_foreign(block):
        return f'.type "{clean_name(block["type"])}" cannot be sent to {provider}'
    for part in (block, *mappings(block.get("content"))):
        kind, source = str(part.get("type")), mapping(part.get("source")).get("type")
        if source == _STORED:
            return f" is a file that Anthropic stores, and {provider} does not have it"
        if source not in _SOURCES.get(kind, (source,)):
            return f": a source must have a type: {', '.join(_SOURCES[kind])}"
        if (kind, source) == ("document", "url") and not fetches:
            return f": {provider} takes documents as data, not by URL"
    return None


def _tool(tool: Any) -> Any:
    is_function = "input_schema" in mapping(tool)
    return {name: value for name, value in tool.items() if name in _TOOL} if is_function else tool


def _is_cited(block: Mapping[str, Any]) -> bool:
    """Whether a text has citations, or a document or search result is to be cited."""
    citations = block.get("citations")
    return bool(citations.get("enabled") if isinstance(citations, Mapping) else citations)


def _message(message: Any) -> Any:
    content = mapping(message).get("content")
    if not isinstance(content, list):
        return message
    blocks = _blocks(content)
    same = len(blocks) == len(content) and all(new is old for new, old in zip(blocks, content, strict=True))
    return message if same else {**message, "content": blocks}


def _blocks(content: list[Any]) -> list[Any]:
    return [new for block in content if not _is_foreign(block) for new in _translated(block)]


def _translated(block: Any) -> list[Any]:
    kind, source = mapping(block).get("type"), mapping(mapping(block).get("source"))
    if kind == "tool_result" and isinstance(content := block.get("content"), list):
        inner = _blocks(content)
        return [block if inner == content else {**block, "content": inner}]
    if kind == "document" and source.get("type") in _TEXTS:
        return _entitled(block, source.get("data") or source.get("content"))
    if kind == "search_result":
        return _entitled(block, block.get("content"))
    if kind == "tool_reference":
        return [_text(str(block.get("tool_name") or ""))]
    return [block]


def _entitled(block: Mapping[str, Any], content: Any) -> list[Any]:
    """A document or search result as text blocks: title, source and context, then its content."""
    about = [block.get(name) for name in ("title", "source", "context")]
    head = "\n".join(text for text in about if isinstance(text, str) and text)
    parts = [_text(content)] if isinstance(content, str) else mappings(content)
    return [*([_text(head)] if head else []), *parts]


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _is_foreign(block: Any) -> bool:
    kind = mapping(block).get("type")
    return isinstance(kind, str) and kind not in _SENT
