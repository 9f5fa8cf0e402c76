"""Messages: events as Anthropic streams them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from custom_providers.engine.answers.answer import as_object
from custom_providers.engine.answers.usage import Usage
from custom_providers.engine.clients.writer import event, first_object
from custom_providers.engine.errors.failure import Failure
from custom_providers.engine.provider_call import Batch, Ending
from custom_providers.engine.streaming import silence
from custom_providers.engine.wires.chat import Delta
from custom_providers.json_parts import mapping

_STOP_REASONS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}
_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9_-]")
"""What Anthropic refuses in the id of a call; Kimi's are "functions.f:0". LiteLLM replaces it in whole answers."""
_NEW_BLOCKS: dict[str, dict[str, Any]] = {
    "text": {"type": "text", "text": ""},
    "thinking": {"type": "thinking", "thinking": "", "signature": ""},
}


class MessagesWriter:
    """Writes one streamed message, block by block."""

    begins_with_text = True
    ping = silence.EVENT

    def __init__(self) -> None:
        self._message: dict[str, Any] | None = None
        """The message object for the stream's first event; None once that is sent."""
        self._index = -1
        self._open: object = None
        """The kind of the open block, or the index of its tool call; None between blocks."""
        self._refused = False
        self._given = False
        """Whether arguments of the open tool call have been sent."""

    def begin(self, first: bytes) -> bool:
        """Take the message's id and model from LiteLLM's first event."""
        start = first_object(first)
        if start is None or start.get("type") != "message_start":
            return False
        self._message = dict(start["message"])
        return True

    def write(self, batch: Batch) -> bytes:
        """Return the events of one batch."""
        parts = self._start(batch)
        for delta in batch.deltas:
            parts += self._delta(delta)
        if batch.ending is not None:
            parts += [*self._close(), *_end(batch.ending, refused=self._refused)]
        return b"".join(parts)

    def failed(self, failure: Failure) -> bytes:
        """Return the error as an event."""
        return error_event(failure)

    def _start(self, batch: Batch) -> list[bytes]:
        if self._message is None:
            return []
        message, self._message = self._message, None
        if batch.usage is not None:
            message["usage"] = {**usage_of(batch.usage), "output_tokens": 0}
        return [event("message_start", {"type": "message_start", "message": message})]

    def _delta(self, delta: Delta) -> list[bytes]:
        parts: list[bytes] = []
        if thought := delta.get("reasoning_content"):
            parts += [*self._into("thinking"), self._change({"type": "thinking_delta", "thinking": thought})]
        for block in delta.get("thinking_blocks") or ():
            parts += self._thinking(block)
        self._refused = self._refused or bool(delta.get("refusal"))
        if said := delta.get("content") or delta.get("refusal"):
            parts += [*self._into("text"), self._change({"type": "text_delta", "text": said})]
        for fragment in delta.get("tool_calls") or ():
            parts += self._call(fragment)
        return parts

    def _thinking(self, block: Mapping[str, Any]) -> list[bytes]:
        if block.get("type") == "redacted_thinking":
            return [*self._new("redacted", dict(block)), *self._close()]
        parts = self._into("thinking")
        if thought := block.get("thinking"):
            parts.append(self._change({"type": "thinking_delta", "thinking": thought}))
        if signature := block.get("signature"):
            # A signature ends its block; further thinking belongs to a new one.
            parts += [self._change({"type": "signature_delta", "signature": signature}), *self._close()]
        return parts

    def _call(self, fragment: Mapping[str, Any]) -> list[bytes]:
        function, parts = fragment["function"], []
        if self._open != fragment["index"]:
            call_id = _NOT_IN_IDS.sub("_", fragment.get("id") or "")
            tool = {"type": "tool_use", "id": call_id, "name": function.get("name"), "input": {}}
            parts = self._new(fragment["index"], tool)
            self._given = False
        if arguments := function.get("arguments"):
            if not self._given and not arguments.lstrip().startswith("{"):
                # Only arguments that are no object begin so, and they come in one piece.
                arguments = as_object(arguments)
            self._given = True
            parts.append(self._change({"type": "input_json_delta", "partial_json": arguments}))
        return parts

    def _into(self, kind: str) -> list[bytes]:
        return [] if self._open == kind else self._new(kind, _NEW_BLOCKS[kind])

    def _new(self, kind: object, block: Mapping[str, Any]) -> list[bytes]:
        closed = self._close()
        self._index, self._open = self._index + 1, kind
        start = {"type": "content_block_start", "index": self._index, "content_block": block}
        return [*closed, event("content_block_start", start)]

    def _change(self, delta: Mapping[str, Any]) -> bytes:
        return event("content_block_delta", {"type": "content_block_delta", "index": self._index, "delta": delta})

    def _close(self) -> list[bytes]:
        if self._open is None:
            return []
        self._open = None
        return [event("content_block_stop", {"type": "content_block_stop", "index": self._index})]


def usage_of(usage: Usage) -> dict[str, int]:
    """Usage in Anthropic's format: cached tokens are counted separately from the other input tokens."""
    details = mapping(usage.get("prompt_tokens_details"))
    read = details.get("cached_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or 0
    return {
        "input_tokens": max(usage["prompt_tokens"] - read - written, 0),
        "output_tokens": usage["completion_tokens"],
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
    }


def error_type(failure: Failure) -> str:
    """Anthropic's error type for a failure."""
    return _ERRORS.get(failure.status, "api_error" if failure.status >= 500 else "invalid_request_error")


def error_event(failure: Failure) -> bytes:
    """The event that ends a failed stream."""
    return event("error", {"type": "error", "error": {"type": error_type(failure), "message": failure.message}})


def _end(ending: Ending, *, refused: bool) -> list[bytes]:
    reason = "refusal" if refused else _STOP_REASONS.get(ending.finish, "end_turn")
    reason = "stop_sequence" if ending.stop else reason
    delta = {"stop_reason": reason, "stop_sequence": ending.stop}
    usage = usage_of(ending.usage) if ending.usage is not None else {"output_tokens": 0}
    change = {"type": "message_delta", "delta": delta, "usage": usage}
    return [event("message_delta", change), event("message_stop", {"type": "message_stop"})]
