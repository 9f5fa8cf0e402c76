"""What writes a streamed answer in a client's protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import orjson

from custom_providers.engine.client import Batch
from custom_providers.engine.errors.failure import Failure


class Writer(Protocol):
    """Turns the batches of one stream into the bytes that its client reads."""

    begins_with_text: bool
    """LiteLLM holds its own stream of this protocol back until there is text."""
    ping: bytes
    """What keeps a silent stream open and is no part of the answer."""

    def begin(self, first: bytes) -> bool:
        """Take ids and names from LiteLLM's own beginning; False where ``first`` is no beginning."""

    def write(self, batch: Batch) -> bytes:
        """Return the events of one batch, and those that end the stream if it is the last."""

    def failed(self, failure: Failure) -> bytes:
        """Return the events that end the stream with an error."""


def first_object(first: bytes) -> Mapping[str, Any] | None:
    """The JSON object of the first ``data:`` line, None where there is none."""
    for line in first.splitlines():
        if line.startswith(b"data:"):
            try:
                parsed = orjson.loads(line[5:])
            except orjson.JSONDecodeError:
                return None
            return parsed if isinstance(parsed, dict) else None
    return None


def event(name: str, data: Mapping[str, Any]) -> bytes:
    """A server-sent event with a name."""
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"
