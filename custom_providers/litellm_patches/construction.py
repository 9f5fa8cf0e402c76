"""The deployments that LiteLLM makes its router of: without those that have no key, and where the environment says.

``<NAME>_BASE_URL`` moves a provider. LiteLLM's calls, health checks, admin UI and comparison with its database all
have to see the same address, so it is changed before the router exists.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from custom_providers.providers.known import api_base

Deployment = Mapping[str, Any]


def present(
    model_list: Sequence[Deployment], absent: Collection[str], base_urls: Mapping[str, str]
) -> list[Deployment]:
    """``model_list`` without the providers in ``absent``, each of the others at its URL in ``base_urls``, if any."""
    return [
        _moved(deployment, base_urls.get(_provider(deployment)))
        for deployment in model_list
        if _provider(deployment) not in absent
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


def _moved(deployment: Deployment, base_url: str | None) -> Deployment:
    if base_url is None:
        return deployment
    params = deployment["litellm_params"]
    moved = api_base(base_url, params["model"].partition("/")[0])
    return {**deployment, "litellm_params": {**params, "api_base": moved}}
