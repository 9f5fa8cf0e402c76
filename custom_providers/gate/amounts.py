"""How many things a body may hold: LiteLLM works on each of them in turn, and every other request waits. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_CONVERSATION = ("messages", "input", "contents", "system", "prompt")
OBJECTS_A_MESSAGE = 10
"""As many objects as this may come with each of the messages that are allowed: their parts, and the tools' schemas."""


def excess(body: dict[str, Any], most: int) -> str | None:
    """What there is too much of, for the client.

    30,000 messages of two letters are 0.9 MB, and 5 s of work.

    Args:
        body: a request's.
        most: messages, and parts of messages.
    """
    if any(count > most for count in _running_count(_items(body))):
        return f"the request has more than {most:,} messages and parts of messages (max_messages in the registry)"
    if any(count > most * OBJECTS_A_MESSAGE for count in _running_count(_objects(body))):
        return f"the body has more than {most * OBJECTS_A_MESSAGE:,} objects in it"
    return None


def _running_count(found: Iterator[object]) -> Iterator[int]:
    return (count for count, _ in enumerate(found, 1))


def _items(body: dict[str, Any]) -> Iterator[object]:
    for name in _CONVERSATION:
        value = body.get(name)
        for item in value if isinstance(value, list) else ():
            if isinstance(item, int):
                # A text as a list of tokens.
                continue
            yield item
            for part in ("content", "parts", "tool_calls"):
                inner = item.get(part) if isinstance(item, dict) else None
                yield from inner if isinstance(inner, list) else ()


def _objects(body: dict[str, Any]) -> Iterator[object]:
    waiting: list[object] = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            # Numbers and texts in a list are cheap: only what holds more is looked at.
            waiting.extend(item for item in value if isinstance(item, dict | list))
