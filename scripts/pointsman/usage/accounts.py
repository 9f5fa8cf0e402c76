"""``pointsman usage``: asks each provider for its remaining quota, balance and credit."""

from __future__ import annotations

from collections.abc import Iterable

from custom_providers.providers.account.readings import AccountReport, AskedProvider, readings
from custom_providers.registry.model import Provider
from pointsman.sources.sources import Sources
from pointsman.upstream.endpoint import Endpoint, endpoint


def accounts(sources: Sources, providers: Iterable[Provider]) -> tuple[AccountReport, ...]:
    """Asks all of ``providers`` at once.

    Raises:
        UnusableProxyError: the environment names a proxy that cannot be used.
    """
    return readings(_asked(endpoint(sources, provider)) for provider in providers)


def _asked(there: Endpoint) -> AskedProvider:
    return AskedProvider(
        provider=there.provider.name,
        account=there.account,
        target=there.target,
        question=there.question,
        obstacle=there.obstacle,
        keyless=there.keyless,
    )
