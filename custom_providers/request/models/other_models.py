"""The other models that a request names, besides its own: fallbacks, and the models of tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import HTTPException
from litellm.proxy._types import UserAPIKeyAuth  # noqa: TID253 -- LiteLLM imports the module that imports this one

from custom_providers.litellm_patches import router_view
from custom_providers.litellm_patches.granted_names import added_in_the_admin_ui
from custom_providers.observability.audit.record import clean_name
from custom_providers.request.models import named_models
from custom_providers.request.models.access import require_access, require_access_by_name
from custom_providers.routing.resolver import Route, RouteTable

_NOT_FROM_REQUESTS = ("context_window_fallbacks", "content_policy_fallbacks")


class OtherModels:
    """Routes these names and checks that the key may call what they stand for."""

    def __init__(self, table: RouteTable) -> None:
        self._table = table

    async def check_fallbacks(self, data: dict[str, Any], identity: UserAPIKeyAuth) -> None:
        """Route the client's fallbacks and check them like its model; null counts as absent."""
        for name in ("fallbacks", *_NOT_FROM_REQUESTS):
            if data.get(name) is None:
                data.pop(name, None)
        for name in _NOT_FROM_REQUESTS:
            if name in data:
                raise HTTPException(400, f"{name} is not taken from requests: use fallbacks, a list of model names")
        if "fallbacks" in data:
            data["fallbacks"] = [await self._fallback(name, identity) for name in _names(data["fallbacks"])]

    async def check_tools(self, data: dict[str, Any], identity: UserAPIKeyAuth, route: Route | None) -> bool:
        """Route the models that tools name and check them like fallbacks; return whether there are any.

        ``route`` is the request's route, if it leads to one of our providers.
        """
        tools = named_models.tools_with_models(data)
        if named_models.lacks_a_model(data):
            raise HTTPException(400, "tools: an advisor must name its model")
        if tools and data.get("fallbacks"):
            raise HTTPException(400, "fallbacks is not allowed with a tool that names a model")
        for tool in tools:
            meant = self._table.resolve(tool["model"])
            require_served(meant)
            self._require_unattended(str(tool["model"]), meant, "tools")
            await require_access(identity, meant)
            tool["model"] = self._as_sent(tool, meant, route)
        return bool(tools)

    def _as_sent(self, tool: Mapping[str, Any], meant: Route, route: Route | None) -> str:
        """The model name for the component that calls the tool's model: LiteLLM's router, or the request's provider."""
        provider = self._table.providers.get(str(route.provider)) if route else None
        if str(tool.get("type")).startswith("advisor") and (provider is None or provider.wire_family != "anthropic"):
            return str(meant.deployment)
        if provider is None or meant.provider != provider.name:
            raise HTTPException(
                400, f'tools: "{meant.model}" goes to "{meant.provider}", and this request to another provider'
            )
        return str(meant.upstream_model)

    async def _fallback(self, name: str, identity: UserAPIKeyAuth) -> str:
        route = self._table.resolve(name)
        if is_added_in_the_admin_ui(route):
            await require_access_by_name(identity, route)
            # An alias may point to one of our providers.
            meant = self._table.resolve(_meant(name))
            if not is_added_in_the_admin_ui(meant):
                self._require_unattended(name, meant)
            return name
        require_served(route)
        self._require_unattended(name, route)
        await require_access(identity, route)
        return str(route.deployment)

    def _require_unattended(self, name: str, route: Route, field: str = "fallbacks") -> None:
        provider = self._table.providers.get(str(route.provider))
        if provider is not None and not provider.unattended:
            raise HTTPException(
                400, f'{field}: "{name}" goes to "{route.provider}", which only serves explicit requests'
            )


def is_added_in_the_admin_ui(route: Route) -> bool:
    """Whether the name belongs to a model or alias that was added in the admin UI."""
    from litellm.proxy.proxy_server import llm_router

    return added_in_the_admin_ui(llm_router, route)


def _meant(name: str) -> str:
    """The name that LiteLLM resolves ``name`` to."""
    from litellm.proxy.proxy_server import llm_router

    return router_view.alias_target(llm_router, name)


def require_served(route: Route) -> None:
    """Refuse a name that leads to no registered provider.

    Raises:
        HTTPException: the route's status and message.
    """
    if route.status != 200:
        # LiteLLM logs error messages; a name with line breaks would forge log lines.
        about = f'model "{clean_name(route.model)}": ' if route.model else ""
        raise HTTPException(route.status, about + route.message)


def _names(fallbacks: object) -> Iterable[str]:
    if isinstance(fallbacks, list) and all(isinstance(name, str) for name in fallbacks):
        return fallbacks
    raise HTTPException(400, "fallbacks must be a list of model names")
