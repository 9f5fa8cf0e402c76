"""Resolves aliases where LiteLLM compares a model name with the models of a key, team or user.

A key for ``ollama_cloud/gpt-oss:120b`` also allows ``gpt-oss:120b-cloud``, but one for ``gpt-oss:120b-cloud`` allows
only that name. A pattern applies to the resolved names: ``gpt-*`` does not allow ``gpt-4o-mini``, which is
``openai/gpt-4o-mini``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from custom_providers.litellm_patches import router_view
from custom_providers.routing.resolver import Route, RouteTable

_LESS_THAN_EXACT = frozenset({"suffix", "bare", "default"})
"""Rules with lower priority than a model of exactly this name that was added in the admin UI."""

Check = Callable[..., bool]


def by_meaning(table: RouteTable, original: Check) -> Check:
    """Wrap LiteLLM's comparison to resolve names with ``table``."""

    @functools.wraps(original)
    def granted(
        model: str,
        llm_router: Any,
        models: list[str],
        team_model_aliases: Mapping[str, str] | None = None,
        team_id: str | None = None,
        **more: Any,
    ) -> bool:
        def as_litellm(name: str) -> bool:
            return original(name, llm_router, models, team_model_aliases, team_id, **more)

        route = table.resolve(model)
        if route.status != 200 or model in (team_model_aliases or ()) or added_in_the_admin_ui(llm_router, route):
            return as_litellm(model)
        return model in models or as_litellm(str(route.deployment))

    return granted


def added_in_the_admin_ui(router: Any, route: Route) -> bool:
    """Whether a model or alias of exactly this name was added there; all our own deployments have a prefix."""
    name = route.model
    return (
        router is not None
        and route.rule in _LESS_THAN_EXACT
        and (name in router_view.names(router) or name in router_view.aliases(router))
    )
