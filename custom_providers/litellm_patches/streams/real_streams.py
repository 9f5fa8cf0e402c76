"""Enables streams for models newer than LiteLLM's price map: LiteLLM fakes them from a whole answer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import litellm  # noqa: TID253 -- LiteLLM imports this module


def of_unknown_models(original: Callable[..., bool]) -> Callable[..., bool]:
    """Wrap LiteLLM's decision to fake a stream: it then only applies to models in LiteLLM's map."""

    @functools.wraps(original)
    def decided(self: Any, model: str | None, stream: Any, custom_llm_provider: str | None = None) -> bool:
        names = (model, f"{custom_llm_provider}/{model}")
        return any(name in litellm.model_cost for name in names) and original(self, model, stream, custom_llm_provider)

    return decided
