"""Parts of JSON from outside: the value if it has the right type, else an empty one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OBJECT = (dict, Mapping)
"""Objects of parsed JSON are dictionaries; the check for any ``Mapping`` takes ten times as long."""


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is an object, else an empty mapping."""
    return value if value and isinstance(value, _OBJECT) else {}


def listed(value: object) -> list[Any]:
    """The value if it is a list, else an empty list."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The objects in the value if it is a list, else an empty list."""
    return [item for item in listed(value) if isinstance(item, _OBJECT)]


def unwrapped(value: object, name: str) -> Any:
    """The value, or what it has under ``name`` if it is an object: clients write "high" and {"effort": "high"}."""
    return value.get(name) if isinstance(value, _OBJECT) else value


def parsed_object(text: str | bytes) -> dict[str, Any] | None:
    """The JSON object that a text is; None if it is not JSON, or JSON of another type."""
    # Commands import this module without parsing; loading orjson takes 50 ms.
    import orjson

    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
