"""Checks the content of chat messages and of response items before any attempt.

LiteLLM refuses unknown types in user messages, and its translations fail on images without a URL. It treats both as the
provider's failure: it retries for nine seconds and answers 500. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from custom_providers.json_parts import listed, mappings, unwrapped
from custom_providers.observability.audit.record import clean_name

USER_TYPES = (
    *("text", "image_url", "input_audio", "video_url", "file"),
    *("audio_url", "document", "guarded_text", "grounding_source", "query"),
)
"""The types that LiteLLM accepts in user messages; OpenAI documents the first five, or providers like it do."""
_DOCUMENTED = 5
_ITEM_TEXTS = frozenset({"input_text", "output_text", "text"})
_URLS = frozenset({"image_url", "video_url"})
_OBJECTS = frozenset({"input_audio", "file"})
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
        if message.get("content") is None and message.get("role") in _NEED_CONTENT:
            return f"messages[{index}].content must be text, or a list of objects"
        for number, part in enumerate(listed(message.get("content"))):
            if problem := _of_part(part, of_user=message.get("role") == "user"):
                return f"messages[{index}].content[{number}]{problem}"
    return None


def of_items(items: Iterable[Mapping[str, Any]]) -> str | None:
    """The same for the items of OpenAI's Responses API, whose parts LiteLLM accepts in any form."""
    for index, item in enumerate(items):
        if not isinstance(item.get("content"), str | list | None):
            return f"input[{index}].content must be text, or a list of objects"
        for number, part in enumerate(mappings(item.get("content"))):
            if part.get("type") in _ITEM_TEXTS and not isinstance(part.get("text"), str):
                return f"input[{index}].content[{number}].text must be text"
    return None


def _of_part(part: Mapping[str, Any], *, of_user: bool) -> str | None:
    kind = part["type"]
    if of_user and kind not in USER_TYPES:
        return f'.type "{clean_name(kind)}" is not one of {", ".join(USER_TYPES[:_DOCUMENTED])}'
    if kind in _URLS and not _has_url(part.get(kind)):
        return f".{kind} must be an object with a url"
    if kind in _OBJECTS and not isinstance(part.get(kind), Mapping):
        return f".{kind} must be an object"
    return None


def _has_url(value: object) -> bool:
    url = unwrapped(value, "url")
    return isinstance(url, str) and url != ""
