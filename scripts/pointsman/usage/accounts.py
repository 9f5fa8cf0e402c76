"""``pointsman usage``: asks each provider for its remaining quota, balance and credit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from custom_providers.providers.account.account import Ask, Reply
from custom_providers.providers.account.quota import Window
from custom_providers.registry.model import Provider
from pointsman.sources.sources import Sources
from pointsman.upstream.endpoint import Endpoint, endpoint, refusal
from pointsman.upstream.questions import ask_all

Status = Literal["reported", "silent", "missing", "failed"]
"""``silent``: the provider reports no such figures; ``missing``: there is no key to ask with."""

_SILENT = "does not report quota or credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReport:
    """One provider's report."""

    provider: str
    status: Status
    windows: tuple[Window, ...] = ()
    detail: str = ""
    """What is missing, and why."""

    def as_json(self) -> dict[str, Any]:
        """The account as plain data."""
        return {
            "provider": self.provider,
            "status": self.status,
            "detail": self.detail,
            "windows": [window.as_json() for window in self.windows],
        }


def accounts(sources: Sources, providers: Iterable[Provider]) -> tuple[AccountReport, ...]:
    """Asks all ``providers`` concurrently."""
    endpoints = [endpoint(sources, provider) for provider in providers]
    asks = {place.provider.name: _asks(place) for place in endpoints}
    questions = {
        f"{place.provider.name} {name}": place.question(ask)
        for place in endpoints
        for name, ask in asks[place.provider.name].items()
        if not place.obstacle
    }
    replies = ask_all(questions)
    return tuple(_account(place, asks[place.provider.name], replies) for place in endpoints)


def _asks(place: Endpoint) -> dict[str, Ask]:
    """The requests for quota and balance; empty if the provider does not report them."""
    return {name: ask for name, ask in place.account.asks(place.target).items() if ask.read}


def _account(place: Endpoint, asks: Mapping[str, Ask], replies: Mapping[str, Reply]) -> AccountReport:
    name = place.provider.name
    if not asks:
        return AccountReport(provider=name, status="silent", detail=_SILENT)
    if place.obstacle:
        return AccountReport(provider=name, status="missing" if place.keyless else "failed", detail=place.obstacle)
    windows: list[Window] = []
    problems: list[str] = []
    nothing = place.account.nothing
    for label, ask in asks.items():
        reply = replies[f"{name} {label}"]
        if nothing and nothing.fits(reply):
            return AccountReport(provider=name, status="silent", detail=nothing.words)
        if problem := refusal(reply):
            problems.append(problem)
        elif ask.read:
            windows += ask.read(reply.json)
    if not windows and not problems:
        problems = ["answered in an unknown form"]
    status: Status = "reported" if windows else "failed"
    return AccountReport(
        provider=name, status=status, windows=tuple(windows), detail="; ".join(dict.fromkeys(problems))
    )
