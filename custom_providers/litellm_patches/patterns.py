"""The deployments behind a pattern: LiteLLM looks for them eight times a request, and copies them in depth each time.

That was 0.4 of the 7 ms before a first token. What a name finds holds until a pattern comes or goes.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from litellm.router_utils.pattern_match_deployments import PatternMatchRouter  # noqa: TID253 -- LiteLLM imports this

from custom_providers.routing.resolver import MAX_NAME

MOST = 1024
"""Names that are remembered; clients choose them, and LiteLLM looks before the resolver has refused any."""

Deployment = dict[str, Any]


class Patterns(PatternMatchRouter):  # type: ignore[misc]  # LiteLLM is untyped to us
    """LiteLLM's patterns, which remember what they found."""

    def __init__(self) -> None:
        super().__init__()
        self._found = functools.lru_cache(MOST)(super().route)

    def add_pattern(self, pattern: str, llm_deployment: Deployment) -> None:
        """As LiteLLM does; every name may now find something else."""
        super().add_pattern(pattern, llm_deployment)
        self._found.cache_clear()

    def remove_deployment(self, model_id: str) -> None:
        """As LiteLLM does; every name may now find something else."""
        super().remove_deployment(model_id)
        self._found.cache_clear()

    def route(
        self, request: str | None, filtered_model_names: Sequence[str] | None = None
    ) -> Sequence[Deployment] | None:
        """As LiteLLM does. Callers may change a deployment and its parameters, and get copies of those."""
        if request is None or filtered_model_names is not None or len(request) > MAX_NAME:
            found: Sequence[Deployment] | None = super().route(request, filtered_model_names)
            return found
        known = self._found(request)
        return known and [{**deployment, "litellm_params": {**deployment["litellm_params"]}} for deployment in known]

    def get_pattern(self, model: str | None, custom_llm_provider: str | None = None) -> Sequence[Deployment] | None:
        """As LiteLLM does, which finds out the provider of every model first, whether it has to or not."""
        found: Sequence[Deployment] | None = self.route(model) or super().get_pattern(model, custom_llm_provider)
        return found
