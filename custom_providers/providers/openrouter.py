"""OpenRouter: one key for many vendors' models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.providers.account.account import Account, Ask, Refusal, Replies, Status, Target, Verdict
from custom_providers.providers.account.judging import left, refusal, spent_window, unreadable
from custom_providers.providers.account.quota import Window, counted
from custom_providers.providers.json_members import flag, number, table, text
from custom_providers.providers.profile import KeyShape, Profile, Reset, Setup


def _asks(target: Target) -> Mapping[str, Ask]:
    return {
        "key": Ask(url=f"{target.base_url}/key", read=key_limits),
        "credits": Ask(url=f"{target.base_url}/credits", read=account_credits),
    }


def key_limits(answer: Any) -> tuple[Window, ...]:
    """Quota from ``/key``: the key's own limit, if it has one, and its free requests."""
    data = table(answer, "data")
    period = text(data, "limit_reset")
    limit = counted(
        f"key limit, {period}" if period else "key limit",
        limit=number(data, "limit"),
        remaining=number(data, "limit_remaining"),
        unit="USD",
    )
    free = table(data, "free_model_daily_requests")
    requests = counted(
        "free models, daily", limit=number(free, "limit"), remaining=number(free, "remaining"), unit="requests"
    )
    return tuple(window for window in (limit, requests) if window.limit is not None)


def account_credits(answer: Any) -> tuple[Window, ...]:
    """Balance from ``/credits``: all credit ever purchased, and how much of it was used."""
    data = table(answer, "data")
    bought, used = number(data, "total_credits"), number(data, "total_usage")
    if bought is None or used is None:
        return ()
    return (counted("credits", limit=bought, remaining=round(bought - used, 6), unit="USD"),)


def _judge(target: Target, replies: Replies) -> Verdict:
    reply = replies["key"]
    if refused := refusal(reply, _REFUSALS, target.key):
        return refused
    facts = table(reply.json, "data")
    if "limit" not in facts:
        return unreadable(reply, "OpenRouter's")
    # An unlimited key says nothing about the account; some keys may not ask for its credits.
    limits, credit = key_limits(reply.json), account_credits(replies["credits"].json)
    windows = (*limits, *credit)
    if flag(facts, "is_management_key"):
        return Verdict(status=Status.LIMITED, detail="a management key, which cannot call models", windows=windows)
    spent = spent_window(limit for limit in limits if limit.unit == "USD") or next(filter(_in_debt, credit), None)
    if spent:
        return Verdict(status=Status.EXHAUSTED, detail=f"the {spent.name} is used up", windows=windows)
    tier = "free tier; " if flag(facts, "is_free_tier") else ""
    return Verdict(status=Status.VERIFIED, detail=f"{tier}{left(windows)}", windows=windows)


def _in_debt(credit: Window) -> bool:
    """Whether no model answers any more; without any purchase, the free ones still do."""
    return credit.remaining is not None and (credit.remaining < 0 or (credit.remaining == 0 and credit.limit != 0))


# https://openrouter.ai/docs/api-reference/errors and published error reports, read 2026-11-21.
_REFUSALS = (
    Refusal(
        http=402, says="in_flight", means=Status.LIMITED, words="too many requests at once for the remaining credit"
    ),
    Refusal(
        http=403, says="key limit|budget limit", means=Status.EXHAUSTED, words="the key's spending limit is reached"
    ),
    Refusal(http=429, says="free-models-per-day", means=Status.EXHAUSTED, words="today's free requests are used up"),
    Refusal(
        http=429,
        says="Insufficient credits|(?:Key|Budget) limit exceeded",
        means=Status.EXHAUSTED,
        words="the credit is used up",
    ),
)

PROFILE = Profile(
    name="openrouter",
    source="https://openrouter.ai/docs/api-reference/overview, 2026-11-21",
    wire_family="openai",
    litellm="openrouter",
    prefixes=("openrouter/",),
    keys=(KeyShape(title="an OpenRouter key", mark=r"sk-or-", whole=r"sk-or-v1-[0-9a-f]{64}"),),
    setup=Setup(
        about="OpenRouter: openrouter/<vendor>/<model>",
        base_url="https://openrouter.ai/api/v1",
        auth_env="OPENROUTER_API_KEY",
        # Its choice among its free models, which come and go:
        # https://openrouter.ai/docs/guides/routing/routers/free-router, 2026-11-27.
        default_model="openrouter/free",
    ),
    public_models=True,
    # Ways to ask any model, which the list leaves out: https://openrouter.ai/docs/features/model-routing.
    variants=(":nitro", ":floor", ":online", ":exacto"),
    account=Account(asks=_asks, judge=_judge),
    refusals=_REFUSALS,
    # Milliseconds since 1970, as a header or in the error's metadata: https://openrouter.ai/docs/api-reference/limits
    # and published error reports, 2026-11-21.
    resets=(Reset(header="x-ratelimit-reset", remaining="x-ratelimit-remaining"),),
    reset_fields=("X-RateLimit-Reset",),
    # It quotes what it moderates, with its quotation marks escaped.
    spent=((403, r""".*"message": ?"(?:Key|Budget) limit exceeded"""),),
    # Credit that other requests have reserved: the one 402 that passes.
    passing=((402, "in-flight requests"),),
)
