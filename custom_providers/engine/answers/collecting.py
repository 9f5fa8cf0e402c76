"""Reassembles a streamed answer for LiteLLM's log, spend and callbacks."""

from __future__ import annotations

from typing import Any

from custom_providers.engine.wires.chat import Delta

LONGEST = 16 * 1024 * 1024
"""The most characters to keep, so that an endless stream does not fill the memory."""


class Collected:
    """Everything after the first delta, which LiteLLM received directly."""

    def __init__(self) -> None:
        self._text: dict[str, list[str]] = {}
        self._blocks: list[Any] = []
        self._calls: dict[int, dict[str, Any]] = {}
        self._arguments: dict[int, list[str]] = {}
        self._length = 0

    def add(self, deltas: list[Delta]) -> None:
        """Add deltas in their order."""
        for delta in deltas:
            for name, value in delta.items():
                if name == "tool_calls":
                    for fragment in value:
                        self._call(fragment)
                elif name == "thinking_blocks":
                    self._blocks += value
                elif isinstance(value, str) and self._room(value):
                    self._text.setdefault(name, []).append(value)

    def deltas(self) -> list[Delta]:
        """The collected content as one delta of each kind, in the order in which models produce them."""
        said: list[Delta] = [{name: "".join(parts)} for name, parts in sorted(self._text.items(), reverse=True)]
        if self._blocks:
            said.insert(0, {"thinking_blocks": self._blocks})
        said += [
            {"tool_calls": [{**call, "function": {**call["function"], "arguments": "".join(self._arguments[index])}}]}
            for index, call in self._calls.items()
        ]
        return said

    def _call(self, fragment: dict[str, Any]) -> None:
        index, function = fragment["index"], fragment["function"]
        call = self._calls.setdefault(index, {"index": index, "function": {}})
        call |= {name: value for name, value in fragment.items() if name not in {"index", "function"} and value}
        if function.get("name"):
            call["function"]["name"] = function["name"]
        arguments = function.get("arguments") or ""
        parts = self._arguments.setdefault(index, [])
        if self._room(arguments):
            parts.append(arguments)

    def _room(self, value: str) -> bool:
        self._length += len(value)
        return self._length <= LONGEST
