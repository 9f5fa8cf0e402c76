"""Fields of the wrong type, found before LiteLLM trips over them.

It takes its own TypeError for a provider's failure: asks again for seconds, goes on to the fallbacks, counts towards
the provider's cooldown, and answers 500, or 400 with a traceback. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class _Kind(NamedTuple):
    named: str
    holds: Callable[[object], bool]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_duration(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _are_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _are_headers(value: object) -> bool:
    return isinstance(value, dict) and all(is_header(text) for pair in value.items() for text in pair)


def is_header(value: object) -> bool:
    """Whether every HTTP client can send it: no line breaks, no NUL, nothing beyond ASCII."""
    return isinstance(value, str) and value.isascii() and value.isprintable()


_OBJECT = _Kind("an object", lambda value: isinstance(value, dict))
_OBJECTS = _Kind("a list of objects", _are_objects)
_FIELDS = {
    "messages": _OBJECTS,
    "tools": _OBJECTS,
    "stream": _Kind("true or false", lambda value: isinstance(value, bool)),
    "stream_options": _OBJECT,
    "response_format": _OBJECT,
    "max_tokens": _Kind("a number", _is_number),
    "timeout": _Kind("a positive number of seconds", _is_duration),
    "extra_headers": _Kind("an object of printable ASCII strings", _are_headers),
}


def flaw(request: Mapping[str, object]) -> str | None:
    """What is wrong with a request to a model, for the client; null is the same as absent."""
    for name, kind in _FIELDS.items():
        value = request.get(name)
        if value is not None and not kind.holds(value):
            return f"{name} has to be {kind.named}"
    messages: Any = request.get("messages") or ()
    if not all(isinstance(message.get("content"), str) or _is_content(message) for message in messages):
        return "the content of a message has to be text, or a list of objects with a type"
    return None


def _is_content(message: Mapping[str, object]) -> bool:
    content = message.get("content")
    if isinstance(content, list):
        return all(isinstance(part, dict) and isinstance(part.get("type"), str) for part in content)
    return content is None or isinstance(content, dict)
