"""Forwards a messages provider's events to a messages client unchanged, except for the model name."""

from __future__ import annotations

from custom_providers.engine.clients.messages import error_event
from custom_providers.engine.clients.writer import event, first_object
from custom_providers.engine.errors.failure import Failure
from custom_providers.engine.provider_call import Batch
from custom_providers.engine.streaming import silence


class SameMessagesWriter:
    """Forwards a streamed message."""

    begins_with_text = True
    ping = silence.EVENT

    def __init__(self) -> None:
        self._model = ""
        self._over = False

    def begin(self, first: bytes) -> bool:
        """Take the model name from LiteLLM's first event."""
        start = first_object(first)
        if start is None or start.get("type") != "message_start":
            return False
        self._model = str(start["message"].get("model") or "")
        return True

    def write(self, batch: Batch) -> bytes:
        """Return the events of one batch."""
        parts = []
        for one in batch.events:
            kind = str(one.get("type") or "")
            if kind == "message_start":
                one = {**one, "message": {**one["message"], "model": self._model}}  # noqa: PLW2901 -- the same event
            self._over = self._over or kind == "message_stop"
            parts.append(event(kind, one))
        if batch.ending is not None and not self._over:
            parts.append(event("message_stop", {"type": "message_stop"}))
        return b"".join(parts)

    def failed(self, failure: Failure) -> bytes:
        """Return the error as an event."""
        return error_event(failure)
