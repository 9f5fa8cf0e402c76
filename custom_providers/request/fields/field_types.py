"""Detects fields of the wrong type before they raise a TypeError in LiteLLM.

LiteLLM treats such a TypeError as the provider's failure: it retries for seconds, tries the fallbacks, counts it
towards the provider's cooldown, and answers 500, or 400 with a traceback. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from math import inf
from typing import Any, NamedTuple

from custom_providers.request.fields import content_parts, tool_history

_MOST_RETRIES = 10
"""Without this limit, one request could cause a million attempts at a failing provider."""


class _FieldType(NamedTuple):
    named: str
    holds: Callable[[object], bool]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_few(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_RETRIES


def _is_duration(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < inf


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_moderated(value: object) -> bool:
    return isinstance(value, str) or _are_texts(value) or _are_objects(value)


def _are_prompts(value: object) -> bool:
    """Whether this is a text, its tokens, or a list of either."""
    if not isinstance(value, list):
        return isinstance(value, str)
    return _are_texts(value) or _are_tokens(value) or (bool(value) and all(_are_tokens(item) for item in value))


def _are_tokens(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, int) for item in value)


def _are_contents(value: object) -> bool:
    return _are_objects(value) and all(isinstance(item.get("parts"), list | dict) for item in value)  # type: ignore[attr-defined]


def _are_files(value: object) -> bool:
    """Whether this may come from a form; JSON has numbers, objects and nested lists."""
    files = value if isinstance(value, list) else [value]
    return not any(file is None or isinstance(file, int | float | dict | list) for file in files)


def _are_typed(value: object) -> bool:
    return _are_objects(value) and all(isinstance(item.get("type"), str) for item in value)  # type: ignore[attr-defined]


def _is_text_format(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("format") or {}, dict)


def _are_calls(value: object) -> bool:
    return _are_objects(value) and all(isinstance(call.get("function") or {}, dict) for call in value)  # type: ignore[attr-defined]


def _are_headers(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(name, str) and _TOKEN.fullmatch(name) and is_header(text) for name, text in value.items()
    )


def is_header(value: object) -> bool:
    """Whether every HTTP client can send the value: ASCII only, no line breaks or NUL, no space at either end."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and value == value.strip()


_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""Valid header names: https://www.rfc-editor.org/rfc/rfc9110#name-tokens"""

_TEXT = _FieldType("text", lambda value: isinstance(value, str))
_OBJECT = _FieldType("an object", lambda value: isinstance(value, dict))
_OBJECTS = _FieldType("a list of objects", _are_objects)
_TYPED = _FieldType("a list of objects with a type", _are_typed)
_TEXTS = _FieldType("a list of texts", _are_texts)
_TEXT_OR_TEXTS = _FieldType("text, or a list of texts", lambda value: isinstance(value, str) or _are_texts(value))
_TEXT_OR_OBJECT = _FieldType("text or an object", lambda value: isinstance(value, str | dict))
_TEXT_OR_OBJECTS = _FieldType("text, or a list of objects", lambda value: isinstance(value, str) or _are_objects(value))
_OBJECT_OR_OBJECTS = _FieldType("an object, or a list of objects", lambda v: isinstance(v, dict) or _are_objects(v))
_FILES = _FieldType("a file, or several files, of a form", _are_files)
_NUMBER = _FieldType("a number", _is_number)
_FEW = _FieldType(f"a whole number from 0 to {_MOST_RETRIES}", _is_few)
_SECONDS = _FieldType("a positive number of seconds", _is_duration)
_SWITCH = _FieldType("true or false", lambda value: isinstance(value, bool))

_FIELDS = {
    "messages": _OBJECTS,
    "system": _TEXT_OR_OBJECTS,
    "tools": _OBJECTS,
    "tool_choice": _TEXT_OR_OBJECT,
    "stream": _SWITCH,
    "stream_options": _OBJECT,
    "response_format": _OBJECT,
    "functions": _OBJECTS,
    "stop": _TEXT_OR_TEXTS,
    "stop_sequences": _TEXTS,
    "max_tokens": _NUMBER,
    "max_completion_tokens": _NUMBER,
    "max_output_tokens": _NUMBER,
    "reasoning_effort": _TEXT_OR_OBJECT,
    "reasoning": _OBJECT,
    "thinking": _OBJECT,
    "text": _OBJECT,
    "output_config": _OBJECT,
    "context_management": _OBJECT_OR_OBJECTS,
    "allowed_openai_params": _TEXTS,
    "additional_drop_params": _TEXTS,
    "extra_body": _OBJECT,
    "extra_headers": _FieldType("an object of printable ASCII strings", _are_headers),
    "timeout": _SECONDS,
    "request_timeout": _SECONDS,
    "stream_timeout": _SECONDS,
    "num_retries": _FEW,
    "max_retries": _FEW,
}
_KINDS = {"role": _TEXT, "type": _TEXT}
_PROMPT = _FieldType("text, or a list of texts or tokens", _are_prompts)
_OF_CALLS = {
    "acompletion": {"tools": _TYPED},
    "atext_completion": {"prompt": _PROMPT},
    "anthropic_messages": {
        "tool_choice": _FieldType("an object with a type", lambda v: isinstance(v, dict) and "type" in v),
        "context_management": _OBJECT,
    },
    "aresponses": {
        "input": _TEXT_OR_OBJECTS,
        "tools": _TYPED,
        "text": _FieldType("an object, and its format an object", _is_text_format),
    },
    "aembedding": {
        "input": _FieldType(
            "text, or a list of texts, tokens or objects", lambda v: _are_prompts(v) or _are_objects(v)
        ),
        "dimensions": _FieldType("a whole number", lambda v: isinstance(v, int) and not isinstance(v, bool)),
        "stream": _FieldType("false: embeddings are not streamed", lambda v: v is False),
    },
}
"""Additional checks by call type, where one API is stricter than the others."""
_GEMINI = {
    "contents": _FieldType("a list of objects with parts", _are_contents),
    "tools": _OBJECTS,
    "generationConfig": _OBJECT,
    "toolConfig": _OBJECT,
    "systemInstruction": _OBJECT,
    "system_instruction": _OBJECT,
    "safetySettings": _OBJECTS,
}
_OF_GEMINI = frozenset({"agenerate_content", "agenerate_content_stream"})
_OF_MEDIA = {
    "image_generation": {"prompt": _TEXT},
    "aspeech": {"input": _TEXT},
    "moderation": {"input": _FieldType("text, or a list of texts or objects", _is_moderated)},
    "aimage_edit": {"image": _FILES, "mask": _FILES},
    **dict.fromkeys(_OF_GEMINI, _GEMINI),
}
"""The only checks for these call types; their fields have other types than those of the same name in a chat."""
CHECKED = frozenset({"acompletion", "atext_completion", *_OF_CALLS, *_OF_MEDIA})
"""The call types for ``flaw``."""
_OF_CONVERSATIONS = {"acompletion": content_parts.of_messages, "anthropic_messages": content_parts.of_blocks}
_OF_MESSAGES = {
    "function_call": _OBJECT,
    "reasoning_content": _TEXT,
    "tool_calls": _FieldType("a list of objects with a function", _are_calls),
    "thinking_blocks": _TYPED,
}


def flaw(request: Mapping[str, object], call_type: str = "") -> str | None:
    """Return the error message for the first invalid field, or None; null counts as absent."""
    if call_type in _OF_GEMINI and not request.get("contents"):
        return "the request has no contents"
    if call_type in _OF_MEDIA:
        return _mistyped(request, _OF_MEDIA[call_type])
    if problem := _mistyped(request, _FIELDS) or _mistyped(request, _OF_CALLS.get(call_type, {})):
        return problem
    extra: Any = request.get("extra_body") or {}
    if problem := _mistyped(extra, _FIELDS):
        return f"extra_body: {problem}"
    messages: Any = request.get("messages") or ()
    for message in messages:
        if not content_parts.is_content(message.get("content")):
            return "the content of a message must be text, or a list of objects with a type, texts with their text"
        if problem := _mistyped(message, _OF_MESSAGES):
            return f"messages: {problem}"
    return _kind_flaw(request) or _content_flaw(request, call_type) or tool_history.flaw(request, call_type)


def _kind_flaw(request: Mapping[str, Any]) -> str | None:
    """The error for a role or type that is not text; code that looks one up in a set would fail."""
    for name in ("messages", "input", "system"):
        for part in _parts(request.get(name), levels=3):
            if problem := _mistyped(part, _KINDS):
                return f"{name}: {problem}"
    return None


def _parts(value: object, *, levels: int) -> Iterator[Mapping[str, Any]]:
    """The objects of a conversation: messages, their content, the results in it, and the sources of both."""
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            yield part
            if levels:
                yield from _parts(part.get("content"), levels=levels - 1)
                yield from _parts(part.get("source"), levels=0)


def _content_flaw(request: Mapping[str, Any], call_type: str) -> str | None:
    if call_type in _OF_CONVERSATIONS:
        return _OF_CONVERSATIONS[call_type](request.get("messages") or ())
    items = request.get("input") if call_type == "aresponses" else None
    return content_parts.of_items(items) if isinstance(items, list) else None


def _mistyped(values: Mapping[str, object], kinds: Mapping[str, _FieldType]) -> str | None:
    for name, kind in kinds.items():
        value = values.get(name)
        if value is not None and not kind.holds(value):
            return f"{name} must be {kind.named}"
    return None
