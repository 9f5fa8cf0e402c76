"""Adapts the deployments before LiteLLM builds its router: removes those without a key, and sets base URLs.

``<NAME>_BASE_URL`` changes a provider's address. LiteLLM's calls, health checks, admin UI and comparison with its
database must all see the same address, so it is changed before the router exists.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from custom_providers.environment.admission import Admission, applied

Deployment = Mapping[str, Any]


def present(model_list: Sequence[Deployment], admitted: Mapping[str, Admission]) -> list[Deployment]:
    """``model_list`` without unregistered providers; the others have the key and URL from ``admitted``.

    Deployments of other providers stay unchanged.
    """
    return [
        _settled(deployment, item) if item else deployment
        for deployment in model_list
        if not (item := admitted.get(_provider(deployment))) or not item.obstacle
    ]


def from_keywords(choose: Callable[[Any], Any], original: Callable[..., None]) -> Callable[..., None]:
    """Wrap ``Router.__init__``, for LiteLLM up to 1.109."""

    @functools.wraps(original)
    def chosen(self: Any, model_list: Any = None, *arguments: Any, **options: Any) -> None:
        original(self, model_list and choose(model_list), *arguments, **options)

    # LiteLLM reads the valid router_settings from the signature, and does not follow wraps().
    chosen.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    return chosen


def from_arguments(choose: Callable[[Any], Any], original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap ``build_router_config``, for LiteLLM since 1.110, whose router cannot be subclassed."""

    @functools.wraps(original)
    def chosen(arguments: Mapping[str, Any], *more: Any, **options: Any) -> Any:
        model_list = arguments.get("model_list")
        if model_list:
            arguments = {**arguments, "model_list": choose(model_list)}
        return original(arguments, *more, **options)

    return chosen


def _provider(deployment: Deployment) -> str:
    return str((deployment.get("model_info") or {}).get("provider", ""))


def _settled(deployment: Deployment, item: Admission) -> Deployment:
    params = deployment["litellm_params"]
    changed = applied(params, item)
    if (deployment.get("model_info") or {}).get("own_base_url"):
        changed["api_base"] = params["api_base"]
    return {**deployment, "litellm_params": changed}
