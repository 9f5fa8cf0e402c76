"""The fragments of streamed tool calls, put in the order and form that every client can merge.

Seen from Kimi and hosts of its models: an id that changes between the fragments of one call, a name that comes after
the first arguments, and calls whose fragments alternate. So a call is its index; it starts once its name is known,
with one id, and only the first call is streamed as it comes: the others follow, whole, at the end, because Anthropic's
events know no interleaving and clients run no tool before the end anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custom_providers.engine.answer import function_name
from custom_providers.engine.json_parts import child, position, text

Delta = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class _Call:
    id: str = ""
    name: str = ""
    held: str = ""
    """Arguments that wait for the call to start."""
    started: bool = False
    given: bool = False
    """Some of its arguments have gone out."""


class ToolFragments:
    """Merges the fragments of one answer's tool calls."""

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = renamed
        self._calls: dict[int, _Call] = {}

    def feed(self, fragment: Mapping[str, Any]) -> list[Delta]:
        """Take in one fragment and return the deltas that can go out now.

        Raises:
            UnreadableError: a part of it is not what it has to be.
        """
        index = position(fragment)
        function = child(fragment, "function")
        call = self._calls.setdefault(index, _Call())
        call.id = call.id or str(fragment.get("id") or "")
        call.name = call.name or text(function, "name") or ""
        call.held += text(function, "arguments") or ""
        first = index == next(iter(self._calls))
        return self._release(index, call) if first and call.name else []

    def rest(self) -> list[Delta]:
        """Return everything that was held back, call by call.

        Raises:
            UnreadableError: a call has no name.
        """
        for call in self._calls.values():
            if not (call.held or call.given):
                # No arguments are an empty object: clients parse them.
                call.held = "{}"
        return [delta for index, call in sorted(self._calls.items()) for delta in self._release(index, call)]

    def _release(self, index: int, call: _Call) -> list[Delta]:
        arguments, call.held = call.held, ""
        call.given = call.given or bool(arguments)
        if call.started:
            return [_delta(index, {"arguments": arguments})] if arguments else []
        call.started = True
        name = function_name({"name": call.name}, self._renamed)
        call_id = call.id or f"functions.{name}:{index}"
        return [_delta(index, {"name": name, "arguments": arguments}, id=call_id, type="function")]


def _delta(index: int, function: Mapping[str, str], **opening: str) -> Delta:
    return {"tool_calls": [{"index": index, **opening, "function": dict(function)}]}
