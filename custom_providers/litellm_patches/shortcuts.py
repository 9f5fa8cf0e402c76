"""Spares LiteLLM work that it repeats for every request without any effect on the result."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

_MOST = 256
"""Remembered paths; limited because clients choose parts of some paths."""


def model_first(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap LiteLLM's search for the pattern that matches a model: the model's own name is tried first.

    LiteLLM tries it first too, but before that it infers the model's provider, which it needs only if no pattern
    matches. For a provider that it does not know, that builds, raises and catches an exception, ten times per request.
    """

    @functools.wraps(original)
    def get_pattern(self: Any, model: str | None, custom_llm_provider: str | None = None) -> Any:
        return self.route(model) or original(self, model, custom_llm_provider)

    return get_pattern


def remembered(original: Callable[[str], bool]) -> Any:
    """Remember the answers of LiteLLM's check whether a path is for administration.

    LiteLLM builds and matches some 80 patterns for every request; the answer depends only on the path.
    """
    return staticmethod(functools.lru_cache(maxsize=_MOST)(original))
