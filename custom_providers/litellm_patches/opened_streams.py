"""Gemini's streams are opened by the attempt that they belong to.

LiteLLM returns them unopened, and asks Google when somebody first reads them. By then the headers of ``/v1/messages``
and ``/v1/responses`` have gone out, and the code that names, logs and counts an attempt's failure has been left: a
refused connection was repeated three times, and its row quoted Python.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from custom_providers.engine.exchange import CURRENT


def opened(original: Callable[..., Any]) -> Callable[..., Any]:
    """LiteLLM's ``async_streaming``, which fails where the provider cannot be asked."""

    @functools.wraps(original)
    async def streaming(*arguments: Any, **named: Any) -> Any:
        stream = await original(*arguments, **named)
        await stream.fetch_stream()
        if (current := CURRENT.get()) is not None:
            current.opened(stream)
        return stream

    return streaming
