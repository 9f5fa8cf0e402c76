"""Checks whether callbacks inspect streams: the engine then does not take them over, and LiteLLM passes each chunk."""

from __future__ import annotations

import litellm  # noqa: TID253 -- LiteLLM imports this module
from litellm.integrations.custom_guardrail import CustomGuardrail  # noqa: TID253 -- as above
from litellm.integrations.custom_logger import CustomLogger  # noqa: TID253 -- as above

_HOOKS = ("async_post_call_streaming_hook", "async_post_call_streaming_iterator_hook")


def by_callbacks() -> bool:
    """Whether any callback inspects streams: a guardrail, or a streaming hook that is not LiteLLM's own."""
    return any(_inspects(kind) for kind in {type(callback) for callback in litellm.callbacks})


def _inspects(kind: type) -> bool:
    if issubclass(kind, CustomGuardrail):
        return True
    if not issubclass(kind, CustomLogger) or kind.__module__.startswith("litellm.proxy.hooks."):
        return False
    return any(getattr(kind, hook) is not getattr(CustomLogger, hook) for hook in _HOOKS)
