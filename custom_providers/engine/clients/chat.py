"""Chat completions: chunks as OpenAI streams them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from custom_providers.engine.clients.writer import first_object
from custom_providers.engine.errors.failure import Failure
from custom_providers.engine.provider_call import Batch
from custom_providers.engine.streaming import silence
from custom_providers.engine.wires.chat import LOGPROBS, Delta

_FINISH = "finish_reason"
"""The key for the finish reason in the last delta; OpenAI puts it next to the delta."""
_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


class ChatWriter:
    """Writes one stream of ``chat.completion.chunk``."""

    begins_with_text = False
    ping = silence.COMMENT

    def __init__(self, *, usage: bool) -> None:
        """Create a writer; ``usage`` is true if the client requested a chunk with the usage."""
        self._usage = usage
        self._head = b""
        self._role: dict[str, str] = {"role": "assistant"}
        self._about: Mapping[str, Any] = {}

    def begin(self, first: bytes) -> bool:
        """Take id, time and model from LiteLLM's first chunk."""
        kept = about_answer(first)
        if kept is None:
            return False
        self._head = b"data: " + orjson.dumps(kept)[:-1] + b',"choices":['
        return True

    def write(self, batch: Batch) -> bytes:
        """Return the chunks of one batch."""
        deltas: list[Delta] = batch.deltas if batch.ending is None else [*batch.deltas, {_FINISH: batch.ending.finish}]
        parts = [self._chunk(delta, batch.about) for delta in deltas]
        if batch.ending is not None:
            if self._usage and batch.ending.usage is not None:
                parts += [self._head, b'],"usage":', orjson.dumps(batch.ending.usage), b"}\n\n"]
            parts.append(b"data: [DONE]\n\n")
        return b"".join(parts)

    def failed(self, failure: Failure) -> bytes:
        """Return the error as an event; a failed stream has no ``[DONE]``."""
        return error_event(failure)

    def _chunk(self, delta: Delta, about: Mapping[str, Any]) -> bytes:
        inside = {**self._role, **delta}
        choice: dict[str, Any] = {"index": 0, "delta": inside, "finish_reason": inside.pop(_FINISH, None)}
        if LOGPROBS in delta:
            choice["logprobs"] = inside.pop(LOGPROBS)
        self._role = {}
        more = b""
        if about != self._about:
            # Once, because it can be long, such as a list of search results.
            self._about, more = about, b"," + orjson.dumps(about)[1:-1]
        return self._head + orjson.dumps(choice) + b"]" + more + b"}\n\n"


def about_answer(first: bytes) -> dict[str, Any] | None:
    """Type, id, time and model from LiteLLM's first chunk; None if it is something else."""
    chunk = first_object(first)
    if chunk is None or "choices" not in chunk:
        return None
    names = ("id", "created", "model", "system_fingerprint", "service_tier")
    kept = {name: chunk[name] for name in names if chunk.get(name) is not None}
    return {"object": "chat.completion.chunk", **kept}


def error_event(failure: Failure) -> bytes:
    """The event that ends a failed stream."""
    return b"data: " + orjson.dumps({"error": error_object(failure)}) + b"\n\n"


def error_object(failure: Failure) -> dict[str, Any]:
    """An error in OpenAI's format."""
    kind = _TYPES.get(failure.status, "server_error" if failure.status >= 500 else "invalid_request_error")
    return {"message": failure.message, "type": kind, "param": None, "code": str(failure.status)}
