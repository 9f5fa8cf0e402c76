"""Forwards a chat server's chunks unchanged, except for id and model: for several choices, which alternate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from custom_providers.engine.clients.chat import about_answer, error_event
from custom_providers.engine.errors.failure import Failure
from custom_providers.engine.provider_call import Batch
from custom_providers.engine.streaming import silence


class SameChatWriter:
    """Forwards a streamed answer with several choices."""

    begins_with_text = False
    ping = silence.COMMENT

    def __init__(self, *, usage: bool) -> None:
        """Create a writer; ``usage`` is true if the client requested a chunk with the usage."""
        self._usage = usage
        self._about: Mapping[str, Any] = {}

    def begin(self, first: bytes) -> bool:
        """Take id, time and model from LiteLLM's first chunk."""
        about = about_answer(first)
        self._about = about or {}
        return about is not None

    def write(self, batch: Batch) -> bytes:
        """Return the chunks of one batch."""
        wanted = [one for one in batch.events if one.get("choices") or (self._usage and one.get("usage"))]
        parts = [b"data: " + orjson.dumps({**one, **self._about}) + b"\n\n" for one in wanted]
        return b"".join(parts) + (b"" if batch.ending is None else b"data: [DONE]\n\n")

    def failed(self, failure: Failure) -> bytes:
        """Return the error as an event; a failed stream has no ``[DONE]``."""
        return error_event(failure)
