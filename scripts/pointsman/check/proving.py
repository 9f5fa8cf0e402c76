"""Checks every provider's key: found, well-formed, and with ``--live`` proven by its provider."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from custom_providers.keys.lookup import Key
from custom_providers.kimi.account import systems
from custom_providers.providers.account.account import Account, Status, Verdict
from custom_providers.providers.account.questions import ask_all
from custom_providers.providers.wire.key_proofs import by_completion
from custom_providers.registry.model import Provider
from pointsman.keys import key_shapes
from pointsman.sources.registration import Registration
from pointsman.upstream.endpoint import Endpoint

Answered = Callable[[str], object]
"""Called with the name of each provider after its complete response."""

_SOUND = frozenset({Status.VERIFIED, Status.UNVERIFIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedKey:
    """The result for one provider's key; it does not contain the key."""

    provider: Provider
    verdict: Verdict
    source: str | None
    last4: str | None

    @property
    def sound(self) -> bool:
        """Whether the key is good as far as it was checked."""
        return self.verdict.status in _SOUND

    def as_json(self) -> dict[str, Any]:
        """An item of ``keys`` in ``check --json``."""
        return {
            "provider": self.provider.name,
            "status": str(self.verdict.status),
            "detail": self.verdict.detail,
            "source": self.source,
            "last4": self.last4,
            "quota": self.verdict.quota(),
        }


def unasked(found: Iterable[Registration]) -> tuple[CheckedKey, ...]:
    """The result without requests, for every provider that needs a key."""
    return tuple(
        _checked(item, _obstacle(item) or Verdict(status=Status.UNVERIFIED, detail="not asked; --live does"))
        for item in found
        if item.provider.auth != "none"
    )


def asked(found: Iterable[Registration], *, spend: bool, answered: Answered) -> tuple[CheckedKey, ...]:
    """Verifies all keys with their providers concurrently, and whether providers without a key are reachable."""
    items = tuple(found)
    obstacles = {item.provider.name: verdict for item in items if (verdict := _obstacle(item))}
    places = [
        Endpoint(provider=item.provider, base_url=base_url(item), key=item.key)
        for item in items
        if item.provider.name not in obstacles
    ]
    verdicts = _prove([(place, place.account) for place in places], answered)
    if spend:
        silent = [place for place in places if place.key and verdicts[place.provider.name].status is Status.UNVERIFIED]
        verdicts |= _prove([(place, by_completion(place.provider.profile)) for place in silent], answered)
    return tuple(_checked(item, ({**obstacles, **verdicts})[item.provider.name]) for item in items)


def _prove(proofs: Iterable[tuple[Endpoint, Account]], answered: Answered) -> dict[str, Verdict]:
    wanted = [(endpoint, account, account.asks(endpoint.target)) for endpoint, account in proofs]
    questions = {
        (endpoint.provider.name, name): endpoint.question(ask)
        for endpoint, _, asks in wanted
        for name, ask in asks.items()
    }
    replies = ask_all(questions, _once_complete(questions, answered))
    return {
        endpoint.provider.name: account.judge(
            endpoint.target, {name: replies[endpoint.provider.name, name] for name in asks}
        )
        for endpoint, account, asks in wanted
    }


def _once_complete(questions: Iterable[tuple[str, str]], answered: Answered) -> Callable[[tuple[str, str]], None]:
    """Calls ``answered`` with a provider's name once all of its questions have replies."""
    waiting = Counter(provider for provider, _ in questions)

    def heard(question: tuple[str, str]) -> None:
        provider, _ = question
        waiting[provider] -= 1
        if not waiting[provider]:
            answered(provider)

    return heard


def _obstacle(item: Registration) -> Verdict | None:
    """Why not to send a request: the key is missing, cannot be sent, or belongs to another vendor."""
    if item.provider.auth == "none":
        return None
    if item.key is None:
        return Verdict(status=Status.MISSING, detail=item.detail)
    if item.flaws:
        return Verdict(status=Status.REJECTED, detail=f"not asked: the key {' and '.join(item.flaws)}")
    if sentence := key_shapes.misplaced(item.provider, item.base_url, item.key.value, stands_in(item.key)):
        return Verdict(status=Status.WRONG_SYSTEM, detail=f"not asked: {sentence}")
    if not base_url(item):
        return Verdict(status=Status.WRONG_SYSTEM, detail="not asked: the key has the shape of neither Kimi system")
    return None


def base_url(item: Registration) -> str:
    """The effective base URL; empty if it is ``auto`` and the key does not decide."""
    if item.base_url != "auto" or item.key is None:
        return item.base_url
    return systems.base_url_for_key(item.key.value) or ""


def stands_in(key: Key) -> str:
    """Where a key was found, for use in a sentence."""
    return key.source.removeprefix("$")


def _checked(item: Registration, verdict: Verdict) -> CheckedKey:
    key = item.key
    return CheckedKey(
        provider=item.provider,
        verdict=verdict,
        source=key.source if key else None,
        last4=key.last4 if key else None,
    )
