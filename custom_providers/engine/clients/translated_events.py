"""Completes the events of Responses streams that LiteLLM translates from other protocols.

LiteLLM leaves most of them unnumbered, and does not say to which part of a reasoning summary a delta belongs: Codex and
Vercel's AI SDK ignore such deltas, and clients that order events by number cannot. It completes reasoning before its
signature is known, and messages after the calls that follow them: Codex keeps items as it gets them, complete and in
this order, and would send Claude a history without signatures, in another order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from custom_providers.engine.clients import reasoning_items
from custom_providers.engine.clients.writer import event
from custom_providers.json_parts import mapping, mappings, parsed_object

_DATA = b"data: "
_NAME = b"event: "
_COMMENT = b": ping"
_PART = "response.reasoning_summary_part.added"
_SUMMARY = "response.reasoning_summary_text.delta"
_TEXT = "response.output_text.delta"
_DONE = "response.output_item.done"
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed"})


class TranslatedEvents:
    """Completes the events of one stream, in order."""

    def __init__(self) -> None:
        self.holds = False
        """Whether items are completed together, at the end, as the last event has them."""
        self._held: list[dict[str, Any]] = []
        self._sequence = 0
        self._parts: set[tuple[str, int]] = set()
        """Item id and index of each part of a summary that has been announced."""

    def completed(self, body: bytes) -> bytes:
        """Return a piece of the stream, which holds whole events, with each event's name, number and places."""
        lines = (line for line in body.split(b"\n") if not line.startswith(_NAME))
        return b"\n".join(self._line(line) for line in lines)

    def _line(self, line: bytes) -> bytes:
        found = parsed_object(line.removeprefix(_DATA)) if line.startswith(_DATA) else None
        if found is None or not isinstance(found.get("type"), str):
            return line
        if found["type"] == "ping":
            # OpenCode's; OpenAI has no such event.
            return _COMMENT
        if self.holds and found["type"] == _DONE:
            self._held.append(found)
            return _COMMENT
        # The stream's own line ends close the event.
        return self._opening(found) + self._numbered(reasoning_items.in_event(_placed(found))).rstrip(b"\n")

    def _opening(self, found: dict[str, Any]) -> bytes:
        """The events before this one that LiteLLM has left out, or that were held back."""
        if found["type"] in _ENDS:
            return b"".join(map(self._numbered, self._items(found)))
        if found["type"] not in {_PART, _SUMMARY}:
            return b""
        part = (str(found.get("item_id")), found.get("summary_index") or 0)
        is_new = part not in self._parts
        self._parts.add(part)
        if found["type"] == _PART or not is_new:
            return b""
        place = {"item_id": part[0], "output_index": found.get("output_index"), "summary_index": part[1]}
        return self._numbered({"type": _PART, **place, "part": {"type": "summary_text", "text": ""}})

    def _items(self, last: dict[str, Any]) -> Iterator[dict[str, Any]]:
        final = {str(item.get("id")): item for item in mappings(mapping(last.get("response")).get("output"))}
        held, self._held = self._held, []
        for one in sorted(held, key=lambda event: event.get("output_index") or 0):
            item = mapping(one.get("item"))
            yield reasoning_items.in_event({**one, "item": final.get(str(item.get("id")), item)})

    def _numbered(self, found: dict[str, Any]) -> bytes:
        numbered = {**found, "sequence_number": self._sequence}
        self._sequence += 1
        return event(found["type"], numbered)


def _placed(found: dict[str, Any]) -> dict[str, Any]:
    if found["type"] == _SUMMARY:
        return {"summary_index": 0, **found}
    if found["type"] == _TEXT:
        return {"logprobs": [], **found}
    item = mapping(found.get("item"))
    if found["type"] == "response.output_item.added" and item.get("type") == "reasoning":
        return {**found, "item": {"summary": [], **item}}
    return found
