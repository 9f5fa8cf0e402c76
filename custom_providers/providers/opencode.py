"""OpenCode Zen, pay as you go; and what Zen and Go share: host, keys and refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from custom_providers.providers.account.account import Account, Ask, Refusal, Replies, Status, Target, Verdict
from custom_providers.providers.account.judging import refusal, unreadable
from custom_providers.providers.account.quota import Window, counted
from custom_providers.providers.json_members import moment, number, table
from custom_providers.providers.profile import KeyShape, Profile, Setup

KEYS = (
    KeyShape(title="an OpenCode key", whole=r"sk-[A-Za-z0-9]{64}"),
    KeyShape(title="an OpenCode key", mark=r"oc_sk_", whole=r"oc_sk_[0-9a-f]{12}_[A-Za-z0-9_-]+"),
)
"""The old format, and a workspace's."""

# Most of these come as 401 and have nothing to do with the key: https://opencode.ai/docs/zen, 2026-11-21.
REFUSALS = (
    Refusal(http=401, says="CreditsError", means=Status.EXHAUSTED, words="the workspace has no credit left"),
    Refusal(
        http=401,
        says="MonthlyLimitError|UserLimitError",
        means=Status.EXHAUSTED,
        words="a monthly spending limit is reached, until the month ends",
    ),
    Refusal(
        http=401, says="ModelError", means=Status.LIMITED, words="the model is not served; the key was not checked"
    ),
    Refusal(
        http=403, says="RegionError", means=Status.LIMITED, words="the key is good, but this country is not served"
    ),
    Refusal(http=429, says="UsageLimitError", means=Status.EXHAUSTED, words="the plan's usage limit is reached"),
    Refusal(
        http=429,
        says="CreditsError|(?:Monthly|User)LimitError",
        means=Status.EXHAUSTED,
        words="the workspace's credit or spending limit is used up",
    ),
)
# Of a chat completion's error LiteLLM leaves the message only.
_SPENT = (
    r".*(?:CreditsError|MonthlyLimitError|UserLimitError|- Insufficient balance|- No payment method"
    r"|reached (?:its|your) monthly spending limit)"
)
SPENT = ((401, _SPENT),)
NO_SUCH_MODEL = ((401, r"ModelError|- Model .* is (?:not supported|disabled)"),)

NO_GO = Refusal(
    http=403, says="EntitlementError", means=Status.LIMITED, words="this key's account has no Go subscription"
)
"""The key was recognised."""

_WINDOWS = {"rolling": "5 hours", "weekly": "7 days", "monthly": "month"}


def usage(answer: Any) -> tuple[Window, ...]:
    """Go's ``/usage``: three windows in per cent."""
    found = table(answer, "usage")
    return tuple(
        counted(name, limit=100, remaining=100 - percent, unit="%", resets_at=moment(found[key], "resetsAt"))
        for key, name in _WINDOWS.items()
        if (percent := number(found.get(key), "percent")) is not None
    )


def asks(target: Target, *, go: bool) -> Mapping[str, Ask]:
    """Go's quota, which accepts Zen's keys too; a workspace's key is accepted by its console only."""
    root = re.sub(r"/(?:zen|inference)(?:/.*)?$", "", target.base_url)
    if target.key.startswith("oc_sk_"):
        return {"config": Ask(url=f"{root}/console/api/v2/config")}
    return {"usage": Ask(url=f"{root}/zen/go/v1/usage", read=usage if go else None)}


def judge(target: Target, replies: Replies) -> Verdict:
    """The verdict on a key of Zen."""
    ((name, reply),) = replies.items()
    if NO_GO.fits(reply):
        return VERIFIED
    if refused := refusal(reply, REFUSALS, target.key):
        return refused
    if not isinstance(reply.json, Mapping):
        return unreadable(reply, "OpenCode")
    return unreadable(reply, "OpenCode's usage") if name == "usage" and not usage(reply.json) else VERIFIED


VERIFIED = Verdict(status=Status.VERIFIED, detail="OpenCode does not report the remaining credit")

PROFILE = Profile(
    name="opencode",
    source="https://opencode.ai/docs/zen, 2026-11-27",
    wire_family="openai",
    litellm="openai",
    prefixes=("opencode/",),
    keys=KEYS,
    setup=Setup(
        about="OpenCode Zen, pay as you go",
        base_url="https://opencode.ai/zen/v1",
        auth_env="OPENCODE_API_KEY",
        default_model="glm-5.3",
    ),
    public_models=True,
    # Which API serves which model: Zen's model list, November 2026.
    apis=(
        ("claude-*", "anthropic"),
        ("qwen3.5-plus", "anthropic"),
        ("qwen3.6-plus", "anthropic"),
        ("qwen3.8-flash", "anthropic"),
        ("gemini-*", "gemini"),
        ("gpt-*", "openai/responses"),
        ("grok-*", "openai/responses"),
        ("muse-*", "openai/responses"),
    ),
    # They have their own API (read on 2026-11-27).
    refuses=("jev-*",),
    session_header="x-opencode-session",
    own_user_agent=True,
    account=Account(asks=lambda target: asks(target, go=False), judge=judge),
    refusals=REFUSALS,
    spent=SPENT,
    no_such_model=NO_SUCH_MODEL,
)
