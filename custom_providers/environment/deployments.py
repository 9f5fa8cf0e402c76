"""Fits LiteLLM's router to the environment, before the proxy answers its first request.

LiteLLM makes a deployment of every provider in the config. Those without a key are removed here, and the others get
their cleaned key and the address from ``<NAME>_BASE_URL``, so that calls, health checks and the admin UI all use the
same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from custom_providers.environment.admission import Admission, applied
from custom_providers.litellm_patches import router_view
from custom_providers.litellm_patches.router_view import Deployment


class FittedRouter:
    """An ASGI layer that fits the router once; LiteLLM creates it after our code has loaded."""

    def __init__(self, app: ASGIApp, admitted: Mapping[str, Admission]) -> None:
        self._app = app
        self._admitted = admitted
        self._is_fitted = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the connection on."""
        if not self._is_fitted:
            from litellm.proxy import proxy_server

            if proxy_server.llm_router is not None:
                fit(proxy_server.llm_router, self._admitted)
                # Health checks read this copy; LiteLLM renews it in the same way when the admin UI changes a model.
                proxy_server.llm_model_list = router_view.copies(proxy_server.llm_router)
            self._is_fitted = True
        await self._app(scope, receive, send)


def fit(router: Any, admitted: Mapping[str, Admission]) -> None:
    """Remove, change and allow to rest the router's deployments of the providers in ``admitted``.

    Args:
        router: LiteLLM's.
        admitted: by provider, its settings from the environment. Other deployments stay unchanged.
    """
    found = [*decided(router_view.deployments(router), admitted)]
    router_view.change(
        router,
        replaced=[new for old, new in found if new and new["litellm_params"] != old["litellm_params"]],
        removed=[old["model_info"]["id"] for old, new in found if new is None],
    )
    infos = [deployment["model_info"] for deployment, _ in found]
    router_view.let_rest(router, {info["id"] for info in infos if "allowed_fails_policy" in info})


def decided(
    deployments: Sequence[Deployment], admitted: Mapping[str, Admission]
) -> Iterator[tuple[Deployment, Deployment | None]]:
    """Yield each deployment of a provider in ``admitted``, and what it becomes: None if it must not be called."""
    for deployment in tuple(deployments):
        item = admitted.get(str((deployment.get("model_info") or {}).get("provider", "")))
        if item is not None:
            yield deployment, None if item.obstacle else _settled(deployment, item)


def _settled(deployment: Deployment, item: Admission) -> Deployment:
    params = deployment["litellm_params"]
    changed = applied(params, item)
    if (deployment.get("model_info") or {}).get("own_base_url"):
        changed["api_base"] = params["api_base"]
    return {**deployment, "litellm_params": changed}
