"""Members of untrusted JSON from a provider: the value if it has the right type, else an empty one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from custom_providers.json_parts import listed, mapping


def member(value: Any, name: str) -> Any:
    """A member of an object; None if ``value`` is not an object or has no such member."""
    return mapping(value).get(name)


def table(value: Any, name: str) -> Mapping[str, Any]:
    """The object under ``name``, else an empty one."""
    return mapping(member(value, name))


def items(value: Any, name: str) -> list[Any]:
    """The list under ``name``, else an empty one."""
    return listed(member(value, name))


def text(value: Any, name: str) -> str:
    """The text under ``name``, else an empty one."""
    found = member(value, name)
    return found if isinstance(found, str) else ""


def flag(value: Any, name: str) -> bool | None:
    """The boolean under ``name``."""
    found = member(value, name)
    return found if isinstance(found, bool) else None


def count(value: Any, name: str) -> int | None:
    """The number of tokens under ``name``; some providers write 0 for "unknown"."""
    found = member(value, name)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None


def number(value: Any, name: str) -> float | None:
    """The finite number under ``name``, or in a string, as Kimi sends them."""
    found = member(value, name)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        parsed = float(found)
    except (ValueError, OverflowError):
        return None
    return parsed if math.isfinite(parsed) else None


def moment(value: Any, name: str) -> datetime | None:
    """The ISO 8601 time under ``name``, in UTC."""
    found = text(value, name)
    if not re.match(r"\d{4}-", found):
        return None
    try:
        time = datetime.fromisoformat(found)
    except ValueError:
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
