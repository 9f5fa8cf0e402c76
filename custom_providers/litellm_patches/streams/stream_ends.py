"""Treats a stream without a finish reason as broken; LiteLLM reports "stop" for it.

After a truncated answer, an empty body, or a proxy's error page with status 200, the client received a seemingly
complete, often empty answer, without fallbacks, and the audit row showed no failure. LiteLLM 1.110 detects this for the
OpenAI protocol, and reports it as an internal error.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from litellm import BadGatewayError, CustomStreamWrapper  # noqa: TID253 -- LiteLLM imports this module

_BESIDE_TEXT = "intermittent_finish_reason"
"""LiteLLM's attribute for a finish reason in a chunk with text."""


def broken_without_reason(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap LiteLLM's end of a stream: without a finish reason, it raises the error for a broken connection."""

    @functools.wraps(original)
    async def judged(self: Any, cache_hit: bool) -> Any:  # noqa: FBT001 -- LiteLLM's signature
        if not (self.sent_last_chunk or self.received_finish_reason or self.intermittent_finish_reason):
            message = "the provider ended its answer before it was complete"
            self._log_stream_failure_and_raise(BadGatewayError(message, self.custom_llm_provider, self.model))
        return await original(self, cache_hit)

    # OpenCode sends a cost after Gemini's last chunk: LiteLLM then forgot that chunk's reason, and reported "stop"
    # instead of "tool_calls" or "length".
    setattr(CustomStreamWrapper, _BESIDE_TEXT, property(lambda self: self.__dict__.get(_BESIDE_TEXT), _remember))
    return judged


def left_to_ours(original: Callable[..., bool]) -> Callable[..., bool]:
    """Wrap LiteLLM's own check for a missing finish reason, which finds none: its error would be a 500."""

    @functools.wraps(original)
    def checked(self: Any) -> bool:  # noqa: ARG001 -- LiteLLM's signature
        return False

    return checked


def _remember(stream: Any, reason: str | None) -> None:
    if reason is not None:
        stream.__dict__[_BESIDE_TEXT] = reason
