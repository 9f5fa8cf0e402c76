"""Which trouble a failed call is a sign of, and what its alert says. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

from custom_providers.engine.errors.failure import FailureKind
from custom_providers.request.final_failures import is_spent, is_unknown_model
from custom_providers.routing.resolver import Row

Sort = Literal["quota", "key", "failing"]

SORTS: tuple[Sort, ...] = get_args(Sort)

IN_A_ROW = 5
"""Failures of a provider's own making, without a success between them, that make it a failing one."""

_KIMI: dict[str, Sort] = {
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
    FailureKind.OVERLOADED: "failing",
}

_HEADLINES: dict[Sort, str] = {
    "quota": "quota or balance used up",
    "key": "key rejected",
    "failing": "keeps failing",
}


_OBEYED = frozenset("`<>&|\\")
"""What ends a code span, and what Slack reads as a mention or a link even inside one."""


class Sign(NamedTuple):
    """One failed call, as far as it says something about the provider."""

    provider: str
    model: str
    status: int | None
    error: str
    """The class of LiteLLM's exception."""
    kind: str
    """Kimi's kind of failure; empty for other providers."""
    said: str
    """The upstream's words; only read here, they may hold anything."""


def sort_of(sign: Sign) -> Sort | None:
    """The trouble behind a failure; None when it is the request's own fault, or passes by itself."""
    if sign.kind:
        return _KIMI.get(sign.kind)
    if is_unknown_model(sign.status, sign.said):
        return None
    if is_spent(sign.status, sign.said):
        return "quota"
    if sign.status == 401:
        return "key"
    # A 403 may be about one request only, such as a moderated one: several in a row are about the key.
    return "failing" if sign.status is not None and (sign.status in (403, 408) or sign.status >= 500) else None


def text(sign: Sign, sort: Sort, row: Row) -> str:
    """The alert. Nothing of a request or of an upstream's words is in it."""
    facts = ", ".join(str(fact) for fact in (sign.status and f"HTTP {sign.status}", sign.kind or sign.error) if fact)
    return f"{sign.provider}: {_HEADLINES[sort]} ({facts}; model `{_inert(sign.model)}`). {_advice(sort, row)}"


def _inert(name: str) -> str:
    """A name that clients chose, for the inside of a code span: Slack and Discord see no mention and no link there."""
    return "".join(each if each.isprintable() and each not in _OBEYED else "?" for each in name)


def recovered(provider: str, sort: Sort, model: str) -> str:
    """The message when a failure is over."""
    return f"{provider}: works again ({model} answers). Reported before: {_HEADLINES[sort]}."


def _advice(sort: Sort, row: Row) -> str:
    variable = f"${row.auth_env}" if row.auth_env else "it"
    if sort == "quota":
        return f"Top up the account behind {variable} or wait for its reset; `pointsman usage` tells when that is."
    if sort == "key":
        return f"Put a working key into {variable}, then `pointsman reload`; `pointsman check --live` tests it."
    if row.fallbacks:
        return f"Its fallbacks answer meanwhile: {', '.join(row.fallbacks)}. Look at its status page."
    return "Look at its status page; `fallbacks` in providers.toml would let others answer meanwhile."
