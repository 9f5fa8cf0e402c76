"""The state of the running proxy's providers for the page, including cooldowns in LiteLLM."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custom_providers.environment.admission import Admission
from custom_providers.keys.redaction import last4
from custom_providers.litellm_patches import router_view


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderState:
    """One provider of the running proxy."""

    name: str
    obstacle: str
    """Why it is not registered; empty if it is."""
    enabled: bool
    key_env: str
    """The key's variable; empty if the provider needs no key."""
    key_last4: str
    cooling_seconds: int = 0
    """The longest remaining cooldown of its deployments."""


def providers(admitted: Mapping[str, Admission], router: Any) -> list[ProviderState]:
    """All providers of the registry; ``router`` is LiteLLM's. Blocks: with Redis, it reads cooldowns from there."""
    cooling = _cooling(router)
    return [
        ProviderState(
            name=name, obstacle=item.obstacle, enabled=item.provider.enabled, key_env=item.provider.auth_env,
            key_last4=last4(item.key), cooling_seconds=cooling.get(name, 0),
        )
        for name, item in admitted.items()
    ]  # fmt: skip


def _cooling(router: Any) -> Mapping[str, int]:
    if router is None:
        return {}
    owners = {
        deployment["model_info"]["id"]: deployment["model_info"].get("provider", "")
        for deployment in router_view.deployments(router)
    }
    longest: dict[str, int] = {}
    for deployment_id, until in router_view.cooling(router, list(owners)):
        seconds = int(until - time.time()) + 1
        name = owners[deployment_id]
        longest[name] = max(seconds, longest.get(name, 0))
    return longest
