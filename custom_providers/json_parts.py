"""Parts of JSON from outside: the value if it has the right type, else an empty one or an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class UnreadableError(ValueError):
    """A part of an answer has the wrong type; the message names the part."""


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is an object, else an empty mapping."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The objects in the value if it is a list, else an empty list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def parsed_object(text: str | bytes) -> dict[str, Any] | None:
    """The JSON object that a text is; None if it is not JSON, or JSON of another type."""
    # Commands import this module without parsing; loading orjson takes 50 ms.
    import orjson

    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def document(value: object) -> Mapping[str, Any]:
    """The value as an object.

    Raises:
        UnreadableError: it is not an object.
    """
    if not isinstance(value, Mapping):
        raise UnreadableError("it is not an object")
    return value


def child(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under a name; an empty mapping if missing.

    Raises:
        UnreadableError: it is not an object.
    """
    value = parent.get(name)
    if value is not None and not isinstance(value, Mapping):
        raise UnreadableError(f"{name} is not an object")
    return value or {}


def children(parent: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in the list under a name; empty if missing.

    Raises:
        UnreadableError: it is not a list of objects.
    """
    value = parent.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise UnreadableError(f"{name} is not a list of objects")
    return value


def text(parent: Mapping[str, Any], name: str) -> str | None:
    """The text under a name; None if missing.

    Raises:
        UnreadableError: it is not a string.
    """
    value = parent.get(name)
    if value is None or isinstance(value, str):
        return value
    raise UnreadableError(f"{name} is not a string")


def position(parent: Mapping[str, Any]) -> int:
    """The ``index`` of a part; 0 if missing.

    Raises:
        UnreadableError: it is not an integer.
    """
    index = parent.get("index")
    if index is None:
        return 0
    if not isinstance(index, int):
        raise UnreadableError("index is not an integer")
    return index
