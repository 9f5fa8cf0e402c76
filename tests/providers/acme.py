"""A fictitious provider, as the only file that a new provider needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.providers.account.account import Account, Ask, Refusal, Replies, Status, Target, Verdict
from custom_providers.providers.account.judging import left, refusal, unreadable
from custom_providers.providers.account.quota import Window
from custom_providers.providers.json_members import number
from custom_providers.providers.profile import KeyShape, Profile, Setup, Shutdown


def _asks(target: Target) -> Mapping[str, Ask]:
    return {"wallet": Ask(url=f"{target.base_url}/wallet", read=_wallet)}


def _wallet(answer: Any) -> tuple[Window, ...]:
    remaining = number(answer, "left")
    return () if remaining is None else (Window(name="wallet", remaining=remaining, unit="USD"),)


def _judge(target: Target, replies: Replies) -> Verdict:
    reply = replies["wallet"]
    if refused := refusal(reply, _REFUSALS, target.key):
        return refused
    windows = _wallet(reply.json)
    return (
        Verdict(status=Status.VERIFIED, detail=left(windows), windows=windows) if windows else unreadable(reply, "Acme")
    )


_REFUSALS = (Refusal(http=429, says="wallet is empty", means=Status.EXHAUSTED, words="nothing is left in the wallet"),)

PROFILE = Profile(
    name="acme",
    source="invented for a test",
    wire_family="openai",
    litellm="openai",
    prefixes=("acme/", "ac/"),
    bare=("acme-*",),
    keys=(KeyShape(title="an Acme key", mark=r"acme_", whole=r"acme_[a-z]{8}"),),
    setup=Setup(
        about="Acme's models",
        base_url="https://api.acme.example/v1",
        auth_env="ACME_API_KEY",
        default_model="acme-large",
    ),
    shutdowns=(Shutdown(model="acme-small", day="2027-03-31", instead="acme-large"),),
    account=Account(asks=_asks, judge=_judge),
    refusals=_REFUSALS,
)
