"""Lists the declared models and the aliases that match a pattern.

LiteLLM lists all models that it knows for a pattern, and no aliases. Its hook can only remove names from a listing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping

from custom_providers.litellm_patches import router_view

Expansion = Callable[..., list[str]]


def in_a_pattern(
    declared: Iterable[str], aliases: Mapping[str, str], everything: frozenset[str], original: Expansion
) -> Expansion:
    """Wrap LiteLLM's expansion of one pattern, for ``/v1/models`` and ``/model/info``.

    Args:
        declared: the names of the declared models.
        aliases: from alias to the name that it points to.
        everything: the patterns that match all models of a provider.
        original: LiteLLM's function.
    """
    meanings = {**{name: name for name in declared}, **aliases}

    @functools.wraps(original)
    def expanded(wildcard_model: str, *_: object, **__: object) -> list[str]:
        from litellm.proxy.proxy_server import llm_router

        if wildcard_model not in everything and llm_router and wildcard_model in router_view.names(llm_router):
            # A provider's second deployment, for some of its models: they are listed under the first.
            return []
        start = wildcard_model.partition("*")[0]
        return [name for name, meant in meanings.items() if meant.startswith(start)]

    return expanded
