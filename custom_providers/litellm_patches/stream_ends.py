"""A stream that ends without a finish reason has broken off; LiteLLM reports a "stop" for it.

Behind a truncated answer, an empty body, or a proxy's error page with status 200, the client found a whole answer,
often an empty one, and neither the fallbacks nor the audit rows learnt of it. LiteLLM 1.110 sees it for the
OpenAI protocol.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from litellm import BadGatewayError, CustomStreamWrapper  # noqa: TID253 -- LiteLLM imports this module

_BESIDE_TEXT = "intermittent_finish_reason"
"""LiteLLM's name for a reason that came in one chunk with text."""


def broken_without_reason(original: Callable[..., Any]) -> Callable[..., Any]:
    """LiteLLM's end of a stream, which fails as a broken connection does when the provider gave no reason."""

    @functools.wraps(original)
    async def judged(self: Any, cache_hit: bool) -> Any:  # noqa: FBT001 -- LiteLLM's signature
        if not (self.sent_last_chunk or self.received_finish_reason or self.intermittent_finish_reason):
            message = "the provider ended its answer before it was complete"
            self._log_stream_failure_and_raise(BadGatewayError(message, self.custom_llm_provider, self.model))
        return await original(self, cache_hit)

    # OpenCode sends its cost behind Gemini's last chunk: LiteLLM forgot the reason in that one, and said "stop" for
    # "tool_calls" and "length" too.
    setattr(CustomStreamWrapper, _BESIDE_TEXT, property(lambda self: self.__dict__.get(_BESIDE_TEXT), _remember))
    return judged


def _remember(stream: Any, reason: str | None) -> None:
    if reason is not None:
        stream.__dict__[_BESIDE_TEXT] = reason
