"""Limits how many messages and objects a body may hold: LiteLLM processes them all while other requests wait. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from custom_providers.json_parts import mapping

_CONVERSATION = ("messages", "input", "contents", "system", "prompt")
OBJECTS_A_MESSAGE = 10
"""Allowed objects (message parts, tool schemas and others) in a body, per message allowed by ``max_messages``."""


def excess(body: dict[str, Any], most: int) -> str | None:
    """Return the error message for a body with too many messages or objects, or None.

    30,000 two-letter messages are only 0.9 MB, but take 5 s to process.

    Args:
        body: the request body.
        most: the most messages and parts of messages.
    """
    if _are_more(_items(body), most):
        return f"the request has more than {most:,} messages and parts of messages (max_messages in the registry)"
    if _are_more(_objects(body), most * OBJECTS_A_MESSAGE):
        return f"the body has more than {most * OBJECTS_A_MESSAGE:,} objects in it"
    return None


def _are_more(found: Iterator[object], most: int) -> bool:
    """Whether there are more than ``most``; does not look further than that."""
    return any(True for _ in islice(found, most, None))


def _items(body: dict[str, Any]) -> Iterator[object]:
    for name in _CONVERSATION:
        value = body.get(name)
        for item in value if isinstance(value, list) else ():
            if isinstance(item, int):
                # A prompt as a list of token ids.
                continue
            yield item
            for part in ("content", "parts", "tool_calls"):
                inner = mapping(item).get(part)
                yield from inner if isinstance(inner, list) else ()


def _objects(body: dict[str, Any]) -> Iterator[object]:
    waiting: list[object] = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            # Numbers and strings in a list are cheap: only containers are visited.
            waiting.extend(item for item in value if isinstance(item, dict | list))
