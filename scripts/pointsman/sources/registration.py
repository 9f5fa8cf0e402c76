"""Determines which providers will be registered, with which key, and why the others will not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from custom_providers.environment import admission
from custom_providers.environment.admission import base_url_variable
from custom_providers.environment.base_urls import BaseUrl
from custom_providers.keys.lookup import Key, Search
from custom_providers.kimi.account import identity, systems
from custom_providers.registry.model import Provider
from pointsman.sources.sources import Sources

Status = Literal["registered", "missing", "off", "unusable"]
"""``missing``: no key was found; ``off``: ``enabled = false``; ``unusable``: its key or base URL is not valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The registration of one provider at the next start."""

    provider: Provider
    status: Status
    detail: str
    """Where its key was found, or why it is not registered."""
    base_url: str
    key: Key | None
    problems: tuple[str, ...]
    """Key files and references that could not be read."""
    flaws: tuple[str, ...] = ()
    """Why the text that was found cannot be a key."""
    risk_accepted: str = ""
    """Kimi only: who accepted the risk of another product's User-Agent, and when."""

    @property
    def registered(self) -> bool:
        """Whether the proxy will serve its models."""
        return self.status == "registered"

    def as_json(self) -> dict[str, Any]:
        """The fields of ``pointsman providers --json``."""
        provider = self.provider
        return {
            "provider": provider.name,
            "status": self.status,
            "detail": self.detail,
            "base_url": self.base_url,
            "auth": provider.auth,
            "source": self.key.source if self.key else None,
            "last4": self.key.last4 if self.key else None,
            "prefixes": list(provider.prefixes),
            "suffixes": list(provider.suffixes),
            "default_model": provider.default_model,
        }


def registrations(sources: Sources) -> tuple[Registration, ...]:
    """Every declared provider, in the registry's order."""
    searches = sources.searches()
    return tuple(_registration(sources, provider, searches) for provider in sources.registry.providers)


def registered_names(found: tuple[Registration, ...]) -> frozenset[str]:
    """The names of the providers that will be registered."""
    return frozenset(item.provider.name for item in found if item.registered)


def _registration(sources: Sources, provider: Provider, searches: Mapping[str, Search]) -> Registration:
    search = searches.get(provider.name)
    url = sources.override(provider)
    obstacle = admission.obstacle(enabled=provider.enabled, name=provider.name, search=search, url=url)
    key = search.key if search else None
    return Registration(
        provider=provider,
        status=_status(provider, search, obstacle),
        detail=obstacle or _found(provider, key, url),
        base_url=url.value or provider.base_url,
        key=key,
        problems=search.problems if search else (),
        flaws=search.flaws if search else (),
        risk_accepted=sources.risk_accepted(provider) if provider.wire_family == "kimi" else "",
    )


def _status(provider: Provider, search: Search | None, obstacle: str) -> Status:
    if not obstacle:
        return "registered"
    if not provider.enabled:
        return "off"
    return "missing" if search and search.key is None else "unusable"


def _found(provider: Provider, key: Key | None, url: BaseUrl) -> str:
    found = f"key from {key.source}, ...{key.last4}" if key else "no key needed"
    return f"{found}; ${base_url_variable(provider.name)} {url.changed}" if url.changed else found


def identities(found: tuple[Registration, ...]) -> tuple[str, ...]:
    """For every Kimi provider with a key, the User-Agent that is sent, and how to change it.

    The Moonshot platform admits every client, so it is left out unless the registry chooses the name.
    """
    return tuple(
        f"identity of {item.provider.name}: {_identity(item)}"
        for item in found
        if item.registered and item.provider.wire_family == "kimi"
        if item.provider.user_agent or systems.system_for_url(item.provider.base_url) is not systems.PLATFORM
    )


def _identity(item: Registration) -> str:
    provider = item.provider
    return identity.describe(
        user_agent=provider.user_agent or None,
        protocol=provider.protocol or None,
        system=_system(item),
        accepted=item.risk_accepted or None,
        variable=identity.risk_variable(provider.name),
    )


def _system(item: Registration) -> systems.System | None:
    if item.base_url == "auto" and item.key:
        return systems.system_for_key(item.key.value)
    return systems.system_for_url(item.base_url)
