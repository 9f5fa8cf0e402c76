"""Answers that go wrong: before they begin, and with an error in the middle, in the form of the API that is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.simulator.answers import Answer, json_answer, stream_answer
from pointsman.simulator.providers import gemini, openai
from pointsman.simulator.providers.ollama import in_band_error
from pointsman.simulator.wire.encoding import sse

REASON = "The house is on fire"
BUSY = json_answer({"type": "error", "error": {"type": "overloaded_error", "message": REASON}}, status=503)


_MESSAGE: dict[str, Any] = {
    "id": "msg_broken",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 4, "output_tokens": 1},
}
_RESPONSE: dict[str, Any] = {
    "id": "resp_broken",
    "object": "response",
    "created_at": 1,
    "model": "m",
    "status": "in_progress",
    "output": [],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
}
_ITEM = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
_PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}


def _named(*events: Mapping[str, Any]) -> Answer:
    return stream_answer(sse({**event, "sequence_number": at}, event=event["type"]) for at, event in enumerate(events))


def inside(path: str) -> Answer:
    """A stream that says "The" and then reports an error, for the API that ``path`` belongs to."""
    if path.endswith("/responses"):
        failed = {**_RESPONSE, "status": "failed", "error": {"code": "server_error", "message": REASON}}
        part = {"type": "output_text", "text": "", "annotations": []}
        return _named(
            {"type": "response.created", "response": _RESPONSE},
            {"type": "response.in_progress", "response": _RESPONSE},
            {"type": "response.output_item.added", "output_index": 0, "item": _ITEM},
            {"type": "response.content_part.added", **_PLACE, "part": part},
            {"type": "response.output_text.delta", **_PLACE, "delta": "The", "logprobs": []},
            {"type": "response.failed", "response": failed},
        )
    if path.endswith("/messages"):
        return _named(
            {"type": "message_start", "message": _MESSAGE},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "The"}},
            {"type": "error", "error": {"type": "overloaded_error", "message": REASON}},
        )
    if path.endswith("/api/chat"):
        return in_band_error("m", REASON)
    if path.endswith(":streamGenerateContent"):
        begun, _ = gemini.ANSWERS["in_band_error"].stream or (b"", b"")
        error = {"code": 503, "message": REASON, "status": "UNAVAILABLE"}
        return stream_answer([begun, sse({"error": error}, newline=b"\r\n")], kind="text/event-stream")
    begun, _ = openai.ANSWERS["in_band_error"].stream or (b"", b"")
    return stream_answer([begun, sse({"error": {"message": REASON, "type": "server_error", "code": None}})])
