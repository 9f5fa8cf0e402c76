"""Token limits that OpenAI-compatible providers tell: LiteLLM asks for them at its start and every five minutes.

It prepares the question anew for every deployment, 0.3 ms each, in one go: with 10,000 models no request was served
for three seconds.
"""

from __future__ import annotations

import asyncio
import functools
from typing import Any

import litellm  # noqa: TID253 -- LiteLLM imports this module

_LIMITS = frozenset({"max_input_tokens", "max_output_tokens"})


def install() -> None:
    """Makes LiteLLM's routers ask for the limits that nobody has told, and serve requests between two questions."""
    router = litellm.Router
    original = router._arefresh_deployment_model_info  # noqa: SLF001 -- LiteLLM's setting is all or none

    @functools.wraps(original)
    async def asking(self: Any, raw_deployment: Any, **options: Any) -> None:
        told = raw_deployment.get("model_info") or {}
        if any(told.get(limit) is None for limit in _LIMITS):
            await asyncio.sleep(0)
            await original(self, raw_deployment, **options)

    router._arefresh_deployment_model_info = asking  # noqa: SLF001 -- as above
