"""The deployments that LiteLLM makes its router of: without those that have no key, and where the environment says.

``<NAME>_BASE_URL`` moves a provider. LiteLLM's calls, health checks, admin UI and comparison with its database all
have to see the same address, so it is changed before the router exists.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from custom_providers.environment.admission import Admission, applied

Deployment = Mapping[str, Any]


def present(model_list: Sequence[Deployment], admitted: Mapping[str, Admission]) -> list[Deployment]:
    """``model_list`` without the providers that are not registered, the others with the key and the URL as judged.

    What belongs to none of them stays as it is.
    """
    return [
        _settled(deployment, item) if item else deployment
        for deployment in model_list
        if not (item := admitted.get(_provider(deployment))) or not item.obstacle
    ]


def from_keywords(choose: Callable[[Any], Any], original: Callable[..., None]) -> Callable[..., None]:
    """``Router.__init__``, up to LiteLLM 1.109."""

    @functools.wraps(original)
    def chosen(self: Any, model_list: Any = None, *arguments: Any, **options: Any) -> None:
        original(self, model_list and choose(model_list), *arguments, **options)

    # LiteLLM reads from it which router_settings there are, and does not follow wraps().
    chosen.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    return chosen


def from_arguments(choose: Callable[[Any], Any], original: Callable[..., Any]) -> Callable[..., Any]:
    """``build_router_config``, since LiteLLM 1.110, where the router cannot be subclassed."""

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
