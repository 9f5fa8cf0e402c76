"""Stops the admin UI's "test connection", a completion in LiteLLM, for the registry's providers.

It would cost money, or, with ``unattended = false``, violate the registry.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from custom_providers.litellm_patches import router_view

NO_KEY = "none"
"""The generated config's key for a provider that needs none."""

_SAYING = (
    'not tested: that would be a paid completion at "{provider}".'
    " `pointsman check --live {provider}` checks the key at no cost; the playground tests the model."
)


def without_cost(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap LiteLLM's health check, which serves ``/health/test_connection`` and ``/health``."""

    @functools.wraps(original)
    async def checked(model_params: dict[str, Any], *arguments: Any, **options: Any) -> Any:
        from litellm.proxy.proxy_server import llm_router

        provider = paid_provider(model_params, router_view.deployments(llm_router))
        if provider is None:
            return await original(model_params, *arguments, **options)
        return {"error": _SAYING.format(provider=provider)}

    return checked


def paid_provider(call: Mapping[str, Any], deployments: Iterable[Mapping[str, Any]]) -> str | None:
    """The registry's provider that the call goes to, or whose key it uses; None if the call is free."""
    for deployment in deployments:
        params, info = deployment["litellm_params"], deployment["model_info"]
        if "provider" in info and info.get("disable_background_health_check") and _meets(call, params):
            return str(info["provider"])
    return None


def _meets(call: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    key, base = call.get("api_key"), call.get("api_base")
    return (base is not None and base == params.get("api_base")) or (
        key not in (None, "", NO_KEY) and key == params.get("api_key")
    )
