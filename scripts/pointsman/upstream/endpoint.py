"""The provider's endpoint for the command: its URL and its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click

from custom_providers.environment.admission import base_url_variable
from custom_providers.keys.lookup import Key
from custom_providers.kimi.account import systems
from custom_providers.providers.account.account import Account, Ask, Target
from custom_providers.providers.account.known_accounts import account_of
from custom_providers.providers.account.questions import Question, question
from custom_providers.providers.wire.key_proofs import by_model_list
from custom_providers.registry.model import Provider, Registry
from pointsman.sources.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One provider, as the command reaches it."""

    provider: Provider
    base_url: str
    key: Key | None
    obstacle: str = ""
    """Why no request with its key may be sent; empty if one may."""

    @property
    def keyless(self) -> bool:
        """Whether it needs a key that was not found."""
        return self.key is None and self.provider.auth != "none"

    @property
    def target(self) -> Target:
        """The same for the provider's module."""
        key = self.key.value if self.key else ""
        return Target(base_url=self.base_url, key=key, model=self.provider.default_model)

    @property
    def account(self) -> Account:
        """The free requests about its key and account."""
        profile = self.provider.profile
        return by_model_list(profile) if self.provider.auth == "none" else account_of(profile, self.base_url)

    def question(self, ask: Ask) -> Question:
        """``ask`` with the key where this provider expects it."""
        provider, key = self.provider, self.key.value if self.key else ""
        return question(ask, provider.wire_family, key, provider.auth, provider.headers)


def endpoint(sources: Sources, provider: Provider) -> Endpoint:
    """The endpoint of ``provider``, with the key that is found now."""
    search = sources.search(provider)
    base_url, key, obstacle = sources.base_url(provider), search.key, ""
    if flaw := sources.override(provider).flaw:
        obstacle = f"${base_url_variable(provider.name)} {flaw}"
    elif key is None and provider.auth != "none":
        obstacle = f"no key: {'; '.join((*search.looked, *search.problems))}"
    elif provider.wire_family == "kimi" and key is not None:
        base_url, obstacle = systems.reached(key.value, base_url)
    return Endpoint(provider=provider, base_url=base_url, key=key, obstacle=obstacle)


def chosen(registry: Registry, names: Sequence[str]) -> tuple[Provider, ...]:
    """The enabled providers of these names, in the registry's order; all of them when none is named.

    Raises:
        click.UsageError: there is no enabled provider of a name.
    """
    enabled = tuple(provider for provider in registry.providers if provider.enabled)
    known = [provider.name for provider in enabled]
    for name in names:
        if name not in known:
            raise click.UsageError(f'no enabled provider is named "{name}"; there are: {", ".join(known)}')
    return tuple(provider for provider in enabled if not names or provider.name in names)
