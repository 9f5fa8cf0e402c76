"""Orders the fragments of streamed tool calls so that every client can merge them.

Kimi and other hosts of its models send an id that changes between the fragments of one call, a name after the first
arguments, alternating fragments of several calls, and whole calls that all have the same index. Here, a call starts
once its name is known, keeps one id, and is streamed as it arrives. Calls follow one another, because Anthropic's
events cannot interleave: the next call starts when the JSON arguments before it are complete, or when the answer ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from custom_providers.engine.answers.answer import arguments_of, function_name, object_text, unused
from custom_providers.engine.answers.checked_parts import child, position, text
from custom_providers.json_parts import parsed_object

Delta = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class _Call:
    id: str = ""
    name: str = ""
    parts: list[str] = field(default_factory=list)
    """The arguments, in parts."""
    given: int = 0
    """How many of the parts have been sent."""
    started: bool = False

    def is_complete(self) -> bool:
        """Whether the arguments are a complete JSON object, which nothing can follow."""
        return parsed_object("".join(self.parts)) is not None

    def is_object(self) -> bool:
        """Whether the arguments begin as those of every call should; others are held back until they are complete."""
        return self.given > 0 or "".join(self.parts).lstrip().startswith("{")


class ToolFragments:
    """Merges the fragments of one answer's tool calls, and numbers the calls from 0."""

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = renamed
        self._calls: list[_Call] = []
        """In the order in which they began."""
        self._at: dict[int, _Call] = {}
        """By the provider's index; the newest call if several share one."""
        self._used: set[str] = set()
        """The ids of calls that were sent."""
        self._current = 0
        """The first call that may still grow."""

    def feed(self, fragment: Mapping[str, Any]) -> list[Delta]:
        """Process one fragment and return the deltas that can be sent now.

        Raises:
            UnreadableError: a part of it has the wrong type.
        """
        function = child(fragment, "function")
        call_id, name = str(fragment.get("id") or ""), text(function, "name") or ""
        arguments = arguments_of(function)
        call = self._call(fragment, call_id, name, begins=arguments.lstrip().startswith("{"))
        call.id, call.name = call.id or call_id, call.name or name
        if arguments:
            call.parts.append(arguments)
        return self._ready()

    def rest(self) -> list[Delta]:
        """Return all held-back deltas, call by call.

        Raises:
            UnreadableError: a call has no name.
        """
        waiting = range(self._current, len(self._calls))
        for index in waiting:
            call = self._calls[index]
            if not call.is_object():
                # No arguments become an empty object, because clients parse them.
                call.parts = [object_text("".join(call.parts))]
        return [delta for index in waiting for delta in self._release(index, whole=True)]

    def _call(self, fragment: Mapping[str, Any], call_id: str, name: str, *, begins: bool) -> _Call:
        """The call that a fragment belongs to.

        A fragment with a name starts a new call at the same index if it is another function's, or after a complete call
        if it has another id or arguments that begin, or if it has another id and no index.
        """
        index = position(fragment)
        call = self._at.get(index)
        is_another = call is not None and bool(name and call.name) and name != call.name
        if call is not None and name and call.name == name:
            differs = call_id not in {"", call.id}
            is_another = (differs and fragment.get("index") is None) or ((differs or begins) and call.is_complete())
        if call is None or is_another:
            call = self._at[index] = _Call()
            self._calls.append(call)
        return call

    def _ready(self) -> list[Delta]:
        deltas: list[Delta] = []
        while self._calls[self._current].name:
            deltas += self._release(self._current)
            if self._current + 1 == len(self._calls) or not self._calls[self._current].is_complete():
                break
            self._current += 1
        return deltas

    def _release(self, index: int, *, whole: bool = False) -> list[Delta]:
        call = self._calls[index]
        arguments = ""
        if whole or call.is_object():
            arguments, call.given = "".join(call.parts[call.given :]), len(call.parts)
        if call.started:
            return [_delta(index, {"arguments": arguments})] if arguments else []
        call.started = True
        name = function_name({"name": call.name}, self._renamed)
        call_id = unused(call.id, self._used)
        return [_delta(index, {"name": name, "arguments": arguments}, id=call_id, type="function")]


def _delta(index: int, function: Mapping[str, str], **opening: str) -> Delta:
    return {"tool_calls": [{"index": index, **opening, "function": dict(function)}]}
