"""Classifies failed attempts as incidents, and writes the text of their alerts. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

from custom_providers.engine.errors.failure import FailureKind
from custom_providers.routing.resolver import ProviderRoute
from custom_providers.server.failures.final_failures import is_spent, is_unknown_model

Incident = Literal["quota", "key", "failing"]

INCIDENTS: tuple[Incident, ...] = get_args(Incident)

IN_A_ROW = 5
"""The number of consecutive failures of a provider after which it counts as failing."""

_BY_KIND: dict[str, Incident] = {
    **dict.fromkeys((FailureKind.QUOTA, FailureKind.BALANCE, FailureKind.DAILY_LIMIT), "quota"),
    **dict.fromkeys(
        (
            FailureKind.BAD_KEY,
            FailureKind.WRONG_SYSTEM,
            FailureKind.NO_PLAN,
            FailureKind.CLIENT_NOT_LISTED,
            FailureKind.BANNED,
        ),
        "key",
    ),
    **dict.fromkeys(
        (FailureKind.SERVER, FailureKind.CUT, FailureKind.MALFORMED, FailureKind.TIMEOUT, FailureKind.UNREACHABLE),
        "failing",
    ),
    **dict.fromkeys((FailureKind.OVERLOADED, FailureKind.REFUSED), "failing"),
    # One 403 may concern a single request, such as a moderated one; several in a row concern the key.
    FailureKind.FORBIDDEN: "failing",
}

_HEADLINES: dict[Incident, str] = {
    "quota": "quota or balance used up",
    "key": "key rejected",
    "failing": "keeps failing",
}

_OBEYED = frozenset("`<>&|\\")
"""Characters that end a code span, or that Slack reads as a mention or a link even inside one."""


class FailedAttempt(NamedTuple):
    """What a failed attempt says about its provider."""

    provider: str
    model: str
    status: int | None
    error: str
    """The class of LiteLLM's exception."""
    kind: str
    """The engine's failure kind; empty if LiteLLM made the call."""
    said: str
    """The provider's error text; it may contain anything, so it is matched but never shown."""


def incident_of(attempt: FailedAttempt) -> Incident | None:
    """The incident behind a failure; None if the request is at fault, or if the failure is temporary."""
    if attempt.kind:
        return _BY_KIND.get(attempt.kind)
    if is_unknown_model(attempt.status, attempt.said):
        return None
    if is_spent(attempt.status, attempt.said):
        return "quota"
    if attempt.status == 401:
        return "key"
    # One 403 may concern a single request, such as a moderated one; several in a row concern the key.
    return "failing" if attempt.status is not None and (attempt.status in (403, 408) or attempt.status >= 500) else None


def text(attempt: FailedAttempt, incident: Incident, provider: ProviderRoute) -> str:
    """The alert. It contains nothing from the request or from the provider's error text."""
    status = f"HTTP {attempt.status}, " if attempt.status else ""
    facts = f"{status}{attempt.kind or attempt.error}; model `{_inert(attempt.model)}`"
    return f"{attempt.provider}: {_HEADLINES[incident]} ({facts}). {_advice(incident, provider)}"


def _inert(name: str) -> str:
    """A client-chosen name that is safe inside a code span: Slack and Discord see no mention or link in it."""
    return "".join(each if each.isprintable() and each not in _OBEYED else "?" for each in name)


def recovered(provider: str, incident: Incident, model: str) -> str:
    """The message that an incident is over."""
    return f"{provider}: works again (`{_inert(model)}` answers). Reported before: {_HEADLINES[incident]}."


def _advice(incident: Incident, provider: ProviderRoute) -> str:
    variable = f"${provider.auth_env}" if provider.auth_env else "it"
    if incident == "quota":
        return f"Top up the account behind {variable} or wait for its reset; `pointsman usage` shows when that is."
    if incident == "key":
        return f"Put a working key into {variable}, then `pointsman reload`; `pointsman check --live` tests it."
    if provider.fallbacks:
        return f"Its fallbacks answer meanwhile: {', '.join(provider.fallbacks)}. Look at its status page."
    return "Look at its status page; with `fallbacks` in providers.toml, other models would answer meanwhile."
