"""Streams of models that are newer than LiteLLM's price map: LiteLLM plays a whole answer back as one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import litellm  # noqa: TID253 -- LiteLLM imports this module


def of_unknown_models(original: Callable[..., bool]) -> Callable[..., bool]:
    """LiteLLM's decision to ask for no stream, kept for models of which its map says that they have none."""

    @functools.wraps(original)
    def decided(self: Any, model: str | None, stream: Any, custom_llm_provider: str | None = None) -> bool:
        names = (model, f"{custom_llm_provider}/{model}")
        return any(name in litellm.model_cost for name in names) and original(self, model, stream, custom_llm_provider)

    return decided
