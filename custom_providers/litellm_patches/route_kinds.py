"""What kind of route a request is for: LiteLLM compares it with 78 patterns, one after the other, each time."""

from __future__ import annotations

import functools

from litellm.proxy.auth.route_checks import RouteChecks  # noqa: TID253 -- LiteLLM imports this module

MOST = 256
"""Routes that are remembered; clients choose parts of them."""


def install() -> None:
    """Makes LiteLLM remember of a route whether it is one of its management."""
    RouteChecks.is_management_route = staticmethod(functools.lru_cache(MOST)(RouteChecks.is_management_route))
