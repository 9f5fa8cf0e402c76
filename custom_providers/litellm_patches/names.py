"""Every name that the resolver knows, as an alias of LiteLLM's: whose access checks then see what a name stands for.

A key for ``ollama_cloud/gpt-oss:120b`` opens ``gpt-oss:120b-cloud`` by this. What is opened is checked again after
routing, where a ``provider`` field counts too: see ``custom_providers.request.access``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from custom_providers.routing.resolver import RouteTable


class Names(dict[str, Any]):
    """LiteLLM's aliases: a look-up finds all that resolves, a walk through it those that are listed."""

    def __init__(self, listed: Mapping[str, Any], table: RouteTable, deployed: Callable[[], Collection[str]]) -> None:
        super().__init__(listed)
        self._table = table
        self._deployed = deployed
        """The names in LiteLLM's router; they stand for themselves."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or self._target(name) is not None

    def __missing__(self, name: str) -> str:
        target = self._target(name)
        if target is None:
            raise KeyError(name)
        return target

    def get(self, name: str, default: Any = None) -> Any:
        """As ``dict.get``, which does not ask ``__missing__``."""
        try:
            return self[name]
        except KeyError:
            return default

    def _target(self, name: object) -> str | None:
        if name in self._deployed():
            return None
        route = self._table.resolve(name)
        return route.deployment if route.status == 200 and route.deployment != name else None
