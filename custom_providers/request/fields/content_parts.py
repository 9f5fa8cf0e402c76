"""Checks roles and content of chat messages, Anthropic's messages and response items before any attempt.

LiteLLM refuses unknown types in user messages, and its translations fail on images without a URL. It treats both as the
provider's failure: it retries for nine seconds and answers 500. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from custom_providers.json_parts import listed, mapping, mappings, unwrapped
from custom_providers.observability.audit.record import clean_name

USER_TYPES = (
    *("text", "image_url", "input_audio", "video_url", "file"),
    *("audio_url", "document", "guarded_text", "grounding_source", "query"),
)
"""The types that LiteLLM accepts in user messages; OpenAI documents the first five, or providers like it do."""
_DOCUMENTED = 5
_ITEM_TEXTS = frozenset({"input_text", "output_text", "text"})
_URLS = frozenset({"image_url", "video_url"})
_CHAT_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_ITEM_ROLES = ("user", "assistant", "system", "developer")
_BLOCK_ROLES = ("user", "assistant", "system")
_SOURCES = {"base64": "data", "text": "data", "url": "url", "file": "file_id"}
"""Anthropic's types of sources, with the field that has the content."""
_WITH_SOURCE = frozenset({"image", "document"})
_NEED_CONTENT = frozenset({"system", "developer", "user", "tool"})
"""Roles whose messages have a content; an assistant's may have calls instead."""


def is_content(value: object) -> bool:
    """Whether this can be the content of a message or result: text, a list of parts, or null."""
    if isinstance(value, list):
        return all(isinstance(part, dict) and _is_part(part) for part in value)
    return value is None or isinstance(value, str)


def _is_part(part: Mapping[str, object]) -> bool:
    kind = part.get("type")
    return isinstance(kind, str) and (kind != "text" or isinstance(part.get("text"), str))


def of_messages(messages: Iterable[Mapping[str, Any]]) -> str | None:
    """Describe the first invalid part, with its place; None if all are valid.

    Args:
        messages: their ``content``, if it is a list, must be a list of objects with a type.
    """
    for index, message in enumerate(messages):
        if problem := _of_role(message, _CHAT_ROLES):
            return f"messages[{index}]{problem}"
        if message.get("content") is None and message.get("role") in _NEED_CONTENT:
            return f"messages[{index}].content must be text, or a list of objects"
        for number, part in enumerate(listed(message.get("content"))):
            if problem := _of_part(part, of_user=message.get("role") == "user"):
                return f"messages[{index}].content[{number}]{problem}"
    return None


def of_items(items: Iterable[Mapping[str, Any]]) -> str | None:
    """The same for the items of OpenAI's Responses API, whose parts LiteLLM accepts in any form."""
    for index, item in enumerate(items):
        content = item.get("content")
        # A reference may omit its type too.
        if item.get("type") == "message" or (item.get("type") is None and "role" in item):
            if problem := _of_role(item, _ITEM_ROLES):
                return f"input[{index}]{problem}"
            if content is None and item.get("role") != "assistant":
                return f"input[{index}].content must be text, or a list of objects"
        if not isinstance(content, str | list | None) or len(mappings(content)) != len(listed(content)):
            return f"input[{index}].content must be text, or a list of objects"
        for number, part in enumerate(mappings(content)):
            if problem := _of_item_part(part):
                return f"input[{index}].content[{number}]{problem}"
    return None


def of_blocks(messages: Iterable[Mapping[str, Any]]) -> str | None:
    """The same for messages of Anthropic's protocol, whose ``content`` is text or a list of objects with a type."""
    for index, message in enumerate(messages):
        if problem := _of_role(message, _BLOCK_ROLES):
            return f"messages[{index}]{problem}"
        if message.get("content") is None and message.get("role") == "user":
            return f"messages[{index}].content must be text, or a list of objects"
        for number, block in enumerate(listed(message.get("content"))):
            for part in (block, *mappings(block.get("content"))):
                if part.get("type") in _WITH_SOURCE and (problem := _of_source(part)):
                    return f"messages[{index}].content[{number}]{problem}"
    return None


def _of_role(message: Mapping[str, Any], roles: tuple[str, ...]) -> str | None:
    return None if message.get("role") in roles else f".role must be one of {', '.join(roles)}"


def _of_source(part: Mapping[str, Any]) -> str | None:
    source = mapping(part.get("source"))
    if not isinstance(source.get("type"), str):
        return ".source must be an object with a type"
    field = _SOURCES.get(source["type"])
    return f".source.{field} must be text" if field and not _is_text(source.get(field)) else None


def _of_item_part(part: Mapping[str, Any]) -> str | None:
    kind = part.get("type")
    if kind in _ITEM_TEXTS and not isinstance(part.get("text"), str):
        return ".text must be text"
    if kind == "refusal" and not isinstance(part.get("refusal"), str):
        return ".refusal must be text"
    if kind == "input_image" and not (_is_text(part.get("image_url")) or _is_text(part.get("file_id"))):
        return ".image_url must be text"
    return None


def _of_part(part: Mapping[str, Any], *, of_user: bool) -> str | None:
    kind, content = part["type"], mapping(part.get(part["type"]))
    if of_user and kind not in USER_TYPES:
        return f'.type "{clean_name(kind)}" is not one of {", ".join(USER_TYPES[:_DOCUMENTED])}'
    if kind in _URLS and not _has_url(part.get(kind)):
        return f".{kind} must be an object with a url"
    if kind == "input_audio" and not (_is_text(content.get("data")) and _is_text(content.get("format"))):
        return ".input_audio must be an object with data and a format"
    if kind == "file" and not (_is_text(content.get("file_data")) or _is_text(content.get("file_id"))):
        return ".file must be an object with file_data or a file_id"
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _has_url(value: object) -> bool:
    return _is_text(unwrapped(value, "url"))
