"""What is read from LiteLLM's router: attributes up to 1.109, methods of ``registry()`` since 1.110.

The attributes still answer in 1.110, each with a DeprecationWarning, and are announced to go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

Deployment = Mapping[str, Any]


def deployments(router: Any) -> Sequence[Deployment]:
    """All deployments, from the config and from the database."""
    found: Sequence[Deployment] = router.registry().all() if _has_registry(router) else router.model_list
    return found


def deployment(router: Any, deployment_id: str | None) -> Deployment | None:
    """The deployment with this id."""
    if deployment_id is None:
        return None
    read = router.registry().deployment_dict if _has_registry(router) else router.get_model_info
    found: Deployment | None = read(deployment_id)
    return found


def names(router: Any) -> Collection[str]:
    """The names that deployments have, patterns among them."""
    found: Collection[str] = router.registry().names(kind="group_set") if _has_registry(router) else router.model_names
    return found


def aliases(router: Any) -> Mapping[str, Any]:
    """LiteLLM's own aliases, from the config or the admin UI."""
    found: Mapping[str, Any] = router.registry().aliases() if _has_registry(router) else router.model_group_alias
    return found


def alias_target(router: Any, name: str) -> str:
    """The name that LiteLLM takes for ``name``."""
    if _has_registry(router):
        return str(router.registry().resolve(name, kind="alias") or name)
    return str(router.get_model_from_alias(name) or name)


def cooling(router: Any, deployment_ids: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Which of the deployments get no calls for now, each with the time at which that ends, in seconds since 1970.

    Blocks: the router may ask Redis. A release without this place has none that cool.
    """
    store = router.health().cooldowns if _has_registry(router) else getattr(router, "cooldown_cache", None)
    ask = getattr(store, "get_active_cooldowns", None)
    for deployment_id, value in ask(deployment_ids, None) if ask else ():
        yield deployment_id, value["timestamp"] + value["cooldown_time"]


def let_rest(router: Any, deployment_id: str) -> None:
    """Lets a pattern's deployment cool down like any other.

    LiteLLM keeps patterns out of it, since a client may name any model under one; ``allowed_fails_policy`` counts the
    provider's own failures only.
    """
    settings = router.settings() if _has_registry(router) else router
    never_resting: list[str] = settings.provider_default_deployment_ids
    if deployment_id in never_resting:
        never_resting.remove(deployment_id)


def _has_registry(router: Any) -> bool:
    return hasattr(type(router), "registry")
