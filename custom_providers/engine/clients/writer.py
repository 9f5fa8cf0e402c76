"""The interface of writers, which stream an answer in a client's protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import orjson

from custom_providers.engine.errors.failure import Failure
from custom_providers.engine.provider_call import Batch
from custom_providers.json_parts import parsed_object


class Writer(Protocol):
    """Turns the batches of one stream into bytes for the client."""

    begins_with_text: bool
    """Whether LiteLLM holds back its own stream of this protocol until there is text."""
    ping: bytes
    """Keeps a silent stream open; not part of the answer."""

    def begin(self, first: bytes) -> bool:
        """Take ids and names from LiteLLM's first event; False if ``first`` is something else."""

    def write(self, batch: Batch) -> bytes:
        """Return the events of one batch, including those that end the stream if it is the last."""

    def failed(self, failure: Failure) -> bytes:
        """Return the events that end the stream with an error."""


def first_object(first: bytes) -> Mapping[str, Any] | None:
    """The JSON object of the first ``data:`` line, or None."""
    for line in first.splitlines():
        if line.startswith(b"data:"):
            return parsed_object(line[5:])
    return None


def event(name: str, data: Mapping[str, Any]) -> bytes:
    """A named server-sent event."""
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"
