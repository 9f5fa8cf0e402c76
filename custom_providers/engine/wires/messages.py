"""Reads a streamed answer of ``/v1/messages`` event by event, as OpenAI deltas with separate thinking signatures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from custom_providers.engine.answers import usage
from custom_providers.engine.answers.answer import ErrorUnder200Error, function_name, thought
from custom_providers.engine.answers.checked_parts import child, position, text
from custom_providers.engine.answers.finish_reasons import STOP_REASONS, is_spent
from custom_providers.engine.answers.usage import Usage
from custom_providers.engine.wires.chat import Delta
from custom_providers.json_parts import mapping


class MessagesReader:
    """Reads messages streams."""

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self.about: dict[str, Any] = {}
        self.id = ""
        self.finish: str | None = None
        self.over = False
        self.stop: str | None = None
        self._renamed = renamed
        self._usage: dict[str, Any] = {}
        self._tools: dict[int, int] = {}
        """From the index of a tool block to that of its tool call."""
        self._whole: dict[int, str] = {}
        """The arguments of tool blocks that arrived complete in their start event, until their first delta."""
        self._said = False
        self._thought = False

    @property
    def usage(self) -> Usage | None:
        """The start event's usage, overridden by the end event's."""
        return usage.from_messages(self._usage) if self._usage else None

    @property
    def spent_on_reasoning(self) -> bool:
        """Whether reasoning used up the token budget."""
        return is_spent(self.finish, said=self._said, thought=self._thought)

    def feed(self, event: Mapping[str, Any]) -> list[Delta]:
        """Process one event."""
        match text(event, "type"):
            case "message_start":
                message = child(event, "message")
                self.id = str(message.get("id") or "")
                self._count(message.get("usage"))
            case "content_block_start":
                return self._start(position(event), child(event, "content_block"))
            case "content_block_delta":
                return self._delta(position(event), child(event, "delta"))
            case "content_block_stop":
                return self._stop(position(event))
            case "message_delta":
                reason = text(child(event, "delta"), "stop_reason")
                self.finish = STOP_REASONS.get(reason, "stop") if reason else self.finish
                self.stop = text(child(event, "delta"), "stop_sequence") or self.stop
                self._count(event.get("usage"))
            case "message_stop":
                self.over = True
            case _ if event.get("error"):
                raise ErrorUnder200Error(event["error"])
        return []

    def done(self) -> None:
        """Do nothing: an event ends these streams."""

    def rest(self) -> list[Delta]:
        """Return nothing: blocks arrive one after another, each complete."""
        return []

    def _count(self, counted: Any) -> None:
        self._usage |= {name: count for name, count in mapping(counted).items() if count is not None}

    def _start(self, index: int, block: Mapping[str, Any]) -> list[Delta]:
        match text(block, "type"):
            case "tool_use":
                self._said = True
                self._tools[index] = len(self._tools)
                # Sent if no deltas follow; without arguments it is an empty object, which clients can parse.
                self._whole[index] = json.dumps(child(block, "input"))
                function = {"name": function_name(block, self._renamed), "arguments": ""}
                opening = {"index": self._tools[index], "id": text(block, "id"), "type": "function"}
                return [{"tool_calls": [{**opening, "function": function}]}]
            case "redacted_thinking":
                return [{"thinking_blocks": [thought(block)]}]
            case "text" if block.get("text"):
                return self._delta(index, {"type": "text_delta", **block})
            case "thinking" if block.get("thinking"):
                return self._delta(index, {"type": "thinking_delta", **block})
        return []

    def _delta(self, index: int, delta: Mapping[str, Any]) -> list[Delta]:
        if said := text(delta, "text"):
            self._said = True
            return [{"content": said}]
        if thinking := text(delta, "thinking"):
            # Without a block beside it: LiteLLM's /v1/messages adapter would open the client's block with the first
            # block's text, and then send that text again.
            self._thought = True
            return [{"reasoning_content": thinking}]
        if signature := text(delta, "signature"):
            return [{"thinking_blocks": [{"type": "thinking", "thinking": "", "signature": signature}]}]
        if arguments := text(delta, "partial_json"):
            self._whole.pop(index, None)
            # The input of a server tool is not a tool call for the client.
            return [self._arguments(index, arguments)] if index in self._tools else []
        return []

    def _stop(self, index: int) -> list[Delta]:
        whole = self._whole.pop(index, None)
        return [] if whole is None else [self._arguments(index, whole)]

    def _arguments(self, index: int, arguments: str) -> Delta:
        return {"tool_calls": [{"index": self._tools[index], "function": {"arguments": arguments}}]}
