"""Completes the events of Responses streams that LiteLLM translates from other protocols.

LiteLLM leaves most of them unnumbered, and does not say to which part of a reasoning summary a delta belongs: Codex and
Vercel's AI SDK ignore such deltas, and clients that order events by number cannot.
"""

from __future__ import annotations

from typing import Any

from custom_providers.engine.clients import reasoning_items
from custom_providers.engine.clients.writer import event
from custom_providers.json_parts import mapping, parsed_object

_DATA = b"data: "
_NAME = b"event: "
_COMMENT = b": ping"
_PART = "response.reasoning_summary_part.added"
_SUMMARY = "response.reasoning_summary_text.delta"
_TEXT = "response.output_text.delta"


class TranslatedEvents:
    """Completes the events of one stream, in order."""

    def __init__(self) -> None:
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
        # The stream's own line ends close the event.
        return self._opening(found) + self._numbered(reasoning_items.in_event(_placed(found))).rstrip(b"\n")

    def _opening(self, found: dict[str, Any]) -> bytes:
        """The event that announces a part of a summary, if LiteLLM has left it out."""
        if found["type"] not in {_PART, _SUMMARY}:
            return b""
        part = (str(found.get("item_id")), found.get("summary_index") or 0)
        is_new = part not in self._parts
        self._parts.add(part)
        if found["type"] == _PART or not is_new:
            return b""
        place = {"item_id": part[0], "output_index": found.get("output_index"), "summary_index": part[1]}
        return self._numbered({"type": _PART, **place, "part": {"type": "summary_text", "text": ""}})

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
