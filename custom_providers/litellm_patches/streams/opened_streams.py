"""Opens Gemini's streams within the attempt that they belong to.

LiteLLM returns them unopened, and sends the request to Google when a stream is first read. By then the headers of
``/v1/messages`` and ``/v1/responses`` have been sent, and the code that classifies, logs and counts an attempt's
failure has finished: a refused connection was retried three times, and its row quoted a Python error.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from custom_providers.engine.streaming.exchange import CURRENT


def opened(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap LiteLLM's ``async_streaming``, which then raises if the provider cannot be reached."""

    @functools.wraps(original)
    async def streaming(*arguments: Any, **named: Any) -> Any:
        stream = await original(*arguments, **named)
        await stream.fetch_stream()
        if (current := CURRENT.get()) is not None:
            current.opened(stream)
        return stream

    return streaming
