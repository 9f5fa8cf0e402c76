"""Spares LiteLLM the search for a stream's text where the engine writes the stream.

LiteLLM parses all events of a stream again, and prices them, to log what a guardrail may have changed. The engine takes
no stream over that a guardrail inspects, so the text is that of the answer, which LiteLLM logs anyway.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from custom_providers.engine.streaming import exchange


def unless_taken_over(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Wrap LiteLLM's search: it finds nothing in a stream that the engine may write."""

    @functools.wraps(original)
    def searched(chunks: Any) -> Any:
        current = exchange.CURRENT.get()
        return original(chunks) if current is None or current.relay is None else None

    return searched
