"""The simulated upstream's answers in each provider API, encoded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

WORD = b"word "
"""Starts the text of every chunk in every API, so that the load generator can count chunks."""

_SSE = b"text/event-stream"
_NDJSON = b"application/x-ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One answer in one API."""

    content_type: bytes
    whole: bytes
    parts: tuple[bytes, ...]
    """The parts of a stream: one per word, and the end."""


def api_of(path: bytes) -> str:
    """The API that a request's path belongs to."""
    known = {
        b"/chat/completions": "chat",
        b"/messages": "messages",
        b"/responses": "responses",
        b"/api/chat": "ollama",
        b"Content": "gemini",
    }
    return next((api for end, api in known.items() if path.partition(b"?")[0].endswith(end)), "chat")


def wire(api: str, words: int) -> Wire:
    """An answer of ``words`` words, all different: LiteLLM aborts a stream that repeats itself."""
    make = {"chat": _chat, "messages": _messages, "responses": _responses, "ollama": _ollama, "gemini": _gemini}
    return make[api]([f"word {number} " for number in range(words)])


def _chat(words: Sequence[str]) -> Wire:
    usage = {"prompt_tokens": 12, "completion_tokens": len(words), "total_tokens": 12 + len(words)}
    envelope = {"id": "bench", "created": 1, "model": "bench"}

    def chunk(delta: Mapping[str, str], finish: str | None = None, **rest: object) -> bytes:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        return _data({**envelope, "object": "chat.completion.chunk", "choices": choices, **rest})

    message = {"role": "assistant", "content": "".join(words)}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    return Wire(
        content_type=_SSE,
        whole=orjson.dumps({**envelope, "object": "chat.completion", "choices": choices, "usage": usage}),
        parts=(
            *(chunk({"role": "assistant", "content": word}) for word in words),
            chunk({}, "stop") + chunk({}, usage=usage) + b"data: [DONE]\n\n",
        ),
    )


def _messages(words: Sequence[str]) -> Wire:
    usage = {"input_tokens": 12, "output_tokens": len(words)}
    message: dict[str, Any] = {"id": "msg_bench", "type": "message", "role": "assistant", "model": "bench"}
    begun = {**message, "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    opening = _event("message_start", message=begun) + _event(
        "content_block_start", index=0, content_block={"type": "text", "text": ""}
    )
    deltas = [_event("content_block_delta", index=0, delta={"type": "text_delta", "text": word}) for word in words]
    closing = (
        _event("content_block_stop", index=0)
        + _event("message_delta", delta=ended, usage=usage)
        + _event("message_stop")
    )
    whole = {**message, **ended, "content": [{"type": "text", "text": "".join(words)}], "usage": usage}
    return Wire(content_type=_SSE, whole=orjson.dumps(whole), parts=_opened(opening, (*deltas, closing)))


def _responses(words: Sequence[str]) -> Wire:
    text = {"type": "output_text", "text": "".join(words), "annotations": []}
    item = {"id": "msg_bench", "type": "message", "role": "assistant", "status": "completed", "content": [text]}
    usage = {
        "input_tokens": 12,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": len(words),
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 12 + len(words),
    }
    response: dict[str, Any] = {
        "id": "resp_bench", "object": "response", "created_at": 1, "model": "bench", "error": None, "metadata": {},
        "incomplete_details": None, "instructions": None, "parallel_tool_calls": True, "tool_choice": "auto",
        "tools": [], "temperature": 1.0, "top_p": 1.0, "store": False, "text": {"format": {"type": "text"}},
    }  # fmt: skip
    begun = {**response, "status": "in_progress", "output": [], "usage": None}
    done = {**response, "status": "completed", "output": [item], "usage": usage}
    at = {"item_id": "msg_bench", "output_index": 0, "content_index": 0}
    opening = (
        _event("response.created", response=begun)
        + _event("response.output_item.added", output_index=0, item={**item, "status": "in_progress", "content": []})
        + _event("response.content_part.added", **at, part={**text, "text": ""})
    )
    deltas = [_event("response.output_text.delta", **at, delta=word) for word in words]
    closing = (
        _event("response.output_text.done", **at, text=text["text"])
        + _event("response.content_part.done", **at, part=text)
        + _event("response.output_item.done", output_index=0, item=item)
        + _event("response.completed", response=done)
    )
    return Wire(content_type=_SSE, whole=orjson.dumps(done), parts=_opened(opening, (*deltas, closing)))


def _ollama(words: Sequence[str]) -> Wire:
    def line(text: str, **rest: object) -> bytes:
        message = {"role": "assistant", "content": text}
        at = {"model": "bench", "created_at": "2026-11-27T00:00:00Z", "message": message}
        return orjson.dumps({**at, "done": False, **rest}) + b"\n"

    end: dict[str, Any] = {
        "done": True, "done_reason": "stop", "total_duration": 1, "load_duration": 1, "prompt_eval_count": 12,
        "prompt_eval_duration": 1, "eval_count": len(words), "eval_duration": 1,
    }  # fmt: skip
    parts = (*(line(word) for word in words), line("", **end))
    return Wire(content_type=_NDJSON, whole=line("".join(words), **end), parts=parts)


def _gemini(words: Sequence[str]) -> Wire:
    usage = {"promptTokenCount": 12, "candidatesTokenCount": len(words), "totalTokenCount": 12 + len(words)}

    def answer(text: str, **rest: str) -> dict[str, Any]:
        candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0, **rest}
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "bench", "responseId": "bench"}

    parts = (*(_data(answer(word)) for word in words), _data(answer("", finishReason="STOP")))
    return Wire(content_type=_SSE, whole=orjson.dumps(answer("".join(words), finishReason="STOP")), parts=parts)


def _opened(opening: bytes, parts: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return (opening + parts[0], *parts[1:])


def _data(payload: object) -> bytes:
    return b"data: " + orjson.dumps(payload) + b"\n\n"


def _event(kind: str, **fields: object) -> bytes:
    return b"event: " + kind.encode() + b"\n" + _data({"type": kind, **fields})
