"""Ollama Cloud: ollama.com with an API key, without a local server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.providers.account.account import Account, Ask, Refusal, Replies, Status, Target, Verdict
from custom_providers.providers.account.judging import left, refusal, spent_window, unreadable, until
from custom_providers.providers.account.quota import Window, counted
from custom_providers.providers.json_members import moment, number, table
from custom_providers.providers.profile import KeyShape, Profile, Setup


def _asks(target: Target) -> Mapping[str, Ask]:
    base = target.base_url.removesuffix("/v1").removesuffix("/api")
    return {"balance": Ask(url=f"{base}/api/balance", read=balance)}


def balance(answer: Any) -> tuple[Window, ...]:
    """``/api/balance``: a monthly pool of dollars, or an old plan's session and week; and purchased credit."""
    included, windows = table(answer, "included"), []
    pool = counted(
        "included",
        limit=number(included, "allowance_usd"),
        remaining=number(included, "balance_usd"),
        unit="USD",
        resets_at=moment(table(included, "period"), "until"),
    )
    if pool.remaining is not None:
        windows.append(pool)
    for name in ("session", "weekly"):
        window = table(included, name)
        percent = number(window, "remaining_percent")
        if percent is not None:
            windows.append(counted(name, limit=100, remaining=percent, unit="%", resets_at=moment(window, "resets_at")))
    bought = number(table(answer, "purchased"), "balance_usd")
    if bought is not None:
        windows.append(Window(name="purchased", remaining=bought, unit="USD"))
    return tuple(windows)


def _judge(target: Target, replies: Replies) -> Verdict:
    reply = replies["balance"]
    if refused := refusal(reply, _REFUSALS, target.key):
        return refused
    windows = balance(reply.json)
    if not windows:
        return unreadable(reply, "Ollama Cloud's balance")
    bought = next((window for window in windows if window.name == "purchased"), None)
    spent = spent_window(window for window in windows if window is not bought)
    if spent and not (bought and (bought.remaining or 0) > 0):
        return Verdict(status=Status.EXHAUSTED, detail=f"the plan is used up{until(spent)}", windows=windows)
    return Verdict(status=Status.VERIFIED, detail=left(windows), windows=windows)


# https://docs.ollama.com/api/balance; the texts are those of published reports, read 2026-11-21.
_REFUSALS = (
    Refusal(http=403, means=Status.LIMITED, words="the key exists, but its account is suspended or it is a team's"),
    Refusal(
        http=429,
        says=r"reached your \w+ usage limit|extra usage balance is empty",
        means=Status.EXHAUSTED,
        words="the plan's usage limit is reached",
    ),
    Refusal(http=429, means=Status.LIMITED, words="the key is good; its rate limit is reached"),
)

PROFILE = Profile(
    name="ollama_cloud",
    source="https://docs.ollama.com/cloud, 2026-11-21",
    wire_family="ollama",
    litellm="ollama_chat",
    prefixes=("ollama_cloud/", "cloud/"),
    suffixes=(":cloud", "-cloud"),
    keys=(
        KeyShape(
            title="an Ollama Cloud key", mark=r"[0-9a-f]{32}\.[\w-]{16,}$", whole=r"[0-9a-f]{32}\.[A-Za-z0-9_-]{24}"
        ),
    ),
    setup=Setup(
        about="Ollama's cloud: cloud/<model>, <model>:cloud",
        base_url="https://ollama.com",
        auth_env="OLLAMA_CLOUD_KEY",
        default_model="gpt-oss:120b",
    ),
    public_models=True,
    account=Account(asks=_asks, judge=_judge),
    refusals=_REFUSALS,
)
