"""``pointsman usage``: each provider asked what is left of quota, balance and credit."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from custom_providers.kimi.account import systems
from custom_providers.registry.model import Provider
from pointsman.sources.sources import Sources
from pointsman.upstream import quota
from pointsman.upstream.endpoint import Endpoint, endpoint, refusal
from pointsman.upstream.questions import Reply, ask_all
from pointsman.upstream.quota import Window

Status = Literal["told", "silent", "missing", "failed"]
"""``silent``: there is nothing that it would tell; ``missing``: no key to ask with."""

_Ask = tuple[str, Callable[[Any], tuple[Window, ...]]]
"""A URL, and what reads its answer."""

_HOSTS = {"openrouter.ai": "openrouter", "ollama.com": "ollama_cloud"}
"""A second account of a known provider has a name of its own."""

_SILENT = "tells nothing about quota or credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one provider tells."""

    provider: str
    status: Status
    windows: tuple[Window, ...] = ()
    detail: str = ""
    """What it did not tell, and why."""

    def as_json(self) -> dict[str, Any]:
        """The account as plain data."""
        return {
            "provider": self.provider,
            "status": self.status,
            "detail": self.detail,
            "windows": [window.as_json() for window in self.windows],
        }


def accounts(sources: Sources, providers: Iterable[Provider]) -> tuple[Account, ...]:
    """Asks all of ``providers`` at once."""
    endpoints = [endpoint(sources, provider) for provider in providers]
    asks = {(place.provider.name, url): (place, read) for place in endpoints for url, read in _asks(place)}
    replies = ask_all({" ".join(names): place.question(names[1]) for names, (place, _) in asks.items()})
    return tuple(
        _account(place, [(replies[f"{name} {url}"], read) for (name, url), (of, read) in asks.items() if of is place])
        for place in endpoints
    )


def _asks(place: Endpoint) -> tuple[_Ask, ...]:
    """What is asked of a provider; nothing of one that may not be asked or has nothing to tell."""
    if place.obstacle:
        return ()
    return _told(place.provider, place.base_url)


def _told(provider: Provider, base: str) -> tuple[_Ask, ...]:
    if provider.wire_family == "kimi":
        if systems.system_for_url(base) is systems.KIMI_CODE:
            return ((systems.usages_url(base), quota.kimi_code),)
        unit = "CNY" if (urlsplit(base).hostname or "").endswith(".cn") else "USD"
        return ((systems.balance_url(base), functools.partial(quota.moonshot_balance, unit=unit)),)
    known = _HOSTS.get(urlsplit(base).hostname or "", provider.name)
    if known == "openrouter":
        return ((f"{base}/key", quota.openrouter_key), (f"{base}/credits", quota.openrouter_credits))
    if known == "ollama_cloud":
        return ((f"{base}/api/balance", quota.ollama_cloud),)
    if known == "opencode_go":
        # Beside /zen/go/v1, and above /inference/go/openai/v1.
        return ((f"{base.replace('/go/openai/', '/go/')}/usage", quota.opencode_go),)
    return ()


def _account(place: Endpoint, replies: Iterable[tuple[Reply, Callable[[Any], tuple[Window, ...]]]]) -> Account:
    name = place.provider.name
    if not _told(place.provider, place.base_url):
        return Account(provider=name, status="silent", detail=_SILENT)
    if place.obstacle:
        return Account(provider=name, status="missing" if place.keyless else "failed", detail=place.obstacle)
    windows: list[Window] = []
    troubles: list[str] = []
    for reply, read in replies:
        if reply.status == 403 and _says_no_go(reply.json):
            return Account(provider=name, status="silent", detail="no Go subscription behind this key")
        if trouble := refusal(reply):
            troubles.append(trouble)
        else:
            windows += read(reply.json)
    if not windows and not troubles:
        troubles = ["answered in a shape that is not known"]
    status: Status = "told" if windows else "failed"
    return Account(provider=name, status=status, windows=tuple(windows), detail="; ".join(dict.fromkeys(troubles)))


def _says_no_go(answer: Any) -> bool:
    """Whether OpenCode says that the key is good, and only Zen is behind it."""
    error = answer.get("error") if isinstance(answer, Mapping) else None
    return isinstance(error, Mapping) and error.get("type") == "EntitlementError"
