"""Reads and changes LiteLLM's router: attributes up to 1.109, methods of ``registry()`` since 1.110.

The attributes still work in 1.110, but raise a DeprecationWarning, and will be removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

Deployment = Mapping[str, Any]


def deployments(router: Any) -> Sequence[Deployment]:
    """All deployments, from the config and from the database."""
    found: Sequence[Deployment] = router.registry().all() if _has_registry(router) else router.model_list
    return found


def copies(router: Any) -> list[Any]:
    """Copies of all deployments, as LiteLLM keeps them for its health checks."""
    found: list[Any] = router.registry().deployments() if _has_registry(router) else router.get_model_list()
    return found


def deployment(router: Any, deployment_id: str | None) -> Deployment | None:
    """The deployment with this id."""
    if deployment_id is None:
        return None
    read = router.registry().deployment_dict if _has_registry(router) else router.get_model_info
    found: Deployment | None = read(deployment_id)
    return found


def names(router: Any) -> Collection[str]:
    """The names of deployments, including patterns."""
    found: Collection[str] = router.registry().names(kind="group_set") if _has_registry(router) else router.model_names
    return found


def aliases(router: Any) -> Mapping[str, Any]:
    """LiteLLM's own aliases, from the config or the admin UI."""
    found: Mapping[str, Any] = router.registry().aliases() if _has_registry(router) else router.model_group_alias
    return found


def alias_target(router: Any, name: str) -> str:
    """The name that LiteLLM resolves ``name`` to."""
    if _has_registry(router):
        return str(router.registry().resolve(name, kind="alias") or name)
    return str(router.get_model_from_alias(name) or name)


def cooling(router: Any, deployment_ids: Sequence[str]) -> Iterator[tuple[str, float]]:
    """The deployments on cooldown, each with the time at which that ends, in seconds since 1970.

    Blocks: the router may query Redis. Returns nothing for a release without this place.
    """
    store = router.health().cooldowns if _has_registry(router) else getattr(router, "cooldown_cache", None)
    ask = getattr(store, "get_active_cooldowns", None)
    for deployment_id, value in ask(deployment_ids, None) if ask else ():
        yield deployment_id, value["timestamp"] + value["cooldown_time"]


def change(router: Any, *, replaced: Sequence[Deployment], removed: Sequence[str]) -> None:
    """Replace deployments by others of the same id, and remove some by their id, as the admin UI does."""
    from litellm.types.router import Deployment as LiteLLMDeployment

    upsert = [LiteLLMDeployment(**deployment) for deployment in replaced]
    if _has_registry(router):
        from litellm.router_api import ChangeSet

        router.apply(ChangeSet(upsert=upsert, delete=removed))
        return
    for deployment in upsert:
        router.upsert_deployment(deployment)
    for deployment_id in removed:
        router.delete_deployment(id=deployment_id)


def let_rest(router: Any, deployment_ids: Collection[str]) -> None:
    """Allow cooldowns for deployments of patterns.

    LiteLLM excludes patterns, since a client may use any model name that matches one; ``allowed_fails_policy`` counts
    only the provider's own failures.
    """
    name = "provider_default_deployment_ids"
    settings = router.settings() if _has_registry(router) else router
    never_resting = [each for each in getattr(settings, name) if each not in deployment_ids]
    if _has_registry(router):
        from litellm.router_api import ChangeSet

        # The router's core has a copy of the list, which only an assignment renews.
        router.apply(ChangeSet(assign={name: never_resting}))
    else:
        setattr(router, name, never_resting)


def _has_registry(router: Any) -> bool:
    return hasattr(type(router), "registry")
