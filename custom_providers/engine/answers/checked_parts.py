"""Parts of a provider's answer, which must have the right type: anything else is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class UnreadableError(ValueError):
    """A part of an answer has the wrong type; the message names the part."""


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
    if isinstance(index, str) and index.isdecimal():
        return int(index)
    if not isinstance(index, int):
        raise UnreadableError("index is not an integer")
    return index
