"""Kimi Code, Kimi's membership for coding agents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from custom_providers.providers.account.quota import Window, counted
from custom_providers.providers.json_members import flag, items, moment, number, table, text
from custom_providers.providers.kimi_system import EFFORTS, PLATFORM_HOSTS, KimiModel, System
from custom_providers.providers.profile import KeyShape, Profile, Setup

SYSTEM = System(
    name="kimi_code",
    title="Kimi Code",
    key_shape="sk-kimi-…",
    hosts=("api.kimi.com", "api.kimi.ai"),
    base_url="https://api.kimi.com/coding/v1",
    console="https://www.kimi.com/code/console",
)

KEY = KeyShape(title="a Kimi Code key", mark=r"sk-kimi-", whole=r"sk-kimi-\S{20,}")

_1M, _256K, _32K = 1_048_576, 262_144, 32_768

# https://www.kimi.com/code/docs/en/kimi-code/models.html, 2026-11-27
MODELS = (
    # The alias for the current model: K2.8 Preview since 2026-09-11.
    KimiModel(id="kimi-for-coding", system=SYSTEM, context=_1M, output=_32K, efforts=EFFORTS, switchable=True),
    KimiModel(id="kimi-for-coding-highspeed", system=SYSTEM, context=_256K, output=_32K),
    KimiModel(id="k3", system=SYSTEM, context=_1M, output=_1M, efforts=EFFORTS, switchable=True),
    KimiModel(id="k3-256k", system=SYSTEM, context=_256K, output=_256K, efforts=EFFORTS, video=False),
    KimiModel(id="k3.1-pro", system=SYSTEM, context=_1M, output=_1M, efforts=EFFORTS),
    KimiModel(id="k3.1-pro-highspeed", system=SYSTEM, context=_1M, output=_1M, efforts=EFFORTS),
)

SCHEMA_BYTES, SCHEMA_DEPTH = 14_000, 10
"""Limits of one tool's schema: "schema exceeds maximum allowed size" occurs at about 15 KB; "schema depth exceeds
maximum limit of 10" counts levels of properties, including references (read on 2026-11-27)."""

MEANT = {"kimi-k3": "k3", "k3[1m]": "k3", "kimi-k3.1-pro": "k3.1-pro"}
"""Ids of the platform, or of a client's convention (``k3[1m]`` is Claude Code's), with Kimi Code's ids for them."""

LISTED_AGENTS = frozenset(
    {"claude-cli", "claude-code", "kimicli", "kimi-code-cli", "roocode", "kilo-code", "hermesagent", "pi"}
)
"""Agents admitted on its OpenAI protocol, from measurements published up to November 2026; the list is not public."""

UNLISTED_AGENTS = frozenset(
    {"cline", "charm-crush", "opencode", "openclaw", "codex-cli", "codex_cli_rs", "goose", "kimi-cli", "omp", "zed"}
)
"""Coding agents that are refused there, or were never measured: forwarded over the Anthropic protocol."""

NEVER_FORWARDED = ("anthropic",)
"""Start of the User-Agents that get 429 "overloaded" on the Anthropic protocol (reports of November 2026)."""

_WINDOWS = {
    "limit_5h": "5 hours",
    "limit_7d": "7 days",
    "limit_month_total": "month",
    "limit_month_code": "month, code",
}
_MINUTES = {"TIME_UNIT_MINUTE": 1, "TIME_UNIT_HOUR": 60, "TIME_UNIT_DAY": 1440}
_EXTRA = "extra usage"
_WALLET_UNITS = 100_000_000
"""The wallet counts millionths of a cent."""


def quota(answer: Any) -> tuple[Window, ...]:
    """``/usages``: numbers as strings in ``usage`` and ``limits``, ratios in ``usages``, or both.

    Kimi's documentation does not describe it; the formats are those recorded in July and September 2026. If both
    describe one window, the ratio and its reset time are used, because they are exact.
    """
    found = {"5 hours": Window(name="5 hours"), "7 days": _amount("7 days", table(answer, "usage"))}
    for limit in items(answer, "limits"):
        name = _duration(table(limit, "window"))
        found[name] = _amount(name, table(limit, "detail"))
    for key, value in table(answer, "usages").items():
        ratio = number(value, "used_ratio")
        if key.startswith("limit_") and ratio is not None:
            name = _WINDOWS.get(key, key.removeprefix("limit_").replace("_", " "))
            known = found.get(name, Window(name=name))
            found[name] = replace(known, used=ratio, resets_at=moment(value, "reset_time") or known.resets_at)
    total = _amount("total", table(answer, "totalQuota"))
    reported = (window for window in (*found.values(), total) if window.used is not None)
    return (*reported, *_wallet(table(answer, "boosterWallet")))


def is_extra(window: Window) -> bool:
    """Whether a window is purchased extra usage, which is consumed when the plan's windows are used up."""
    return window.name.startswith(_EXTRA)


def _amount(name: str, detail: Any) -> Window:
    limit, remaining, used = (number(detail, key) for key in ("limit", "remaining", "used"))
    if remaining is None and limit is not None and used is not None:
        remaining = limit - used
    return counted(name, limit=limit, remaining=remaining, resets_at=moment(detail, "resetTime"))


def _wallet(wallet: Any) -> tuple[Window, ...]:
    """Purchased extra usage and its monthly limit, if there is one; from kimi-code's client, 2026-11-27."""
    amount = number(table(wallet, "balance"), "amountLeft")
    if amount is None:
        return ()
    used, limit = table(wallet, "monthlyUsed"), table(wallet, "monthlyChargeLimit")
    unit = text(used, "currency") or text(limit, "currency")
    balance = Window(name=_EXTRA, remaining=amount / _WALLET_UNITS, unit=unit)
    cents, spent = number(limit, "priceInCents"), number(used, "priceInCents")
    if not flag(wallet, "monthlyChargeLimitEnabled") or cents is None or spent is None:
        return (balance,)
    return (balance, counted(f"{_EXTRA}, month", limit=cents / 100, remaining=(cents - spent) / 100, unit=unit))


def _duration(window: Any) -> str:
    minutes = (number(window, "duration") or 0) * _MINUTES.get(text(window, "timeUnit"), 0)
    for size, noun in ((1440, "days"), (60, "hours"), (1, "minutes")):
        if minutes and minutes % size == 0:
            return f"{minutes / size:g} {noun}"
    return "limit"


_AUTO = """\
# base_url = "auto": the key's shape decides between Kimi Code and the Moonshot platform. KIMI_BASE_URL overrides it.
"""
_HONEST = """\
# Requests carry our own name, over Kimi's Anthropic protocol, which needs no approval. user_agent = "caller" forwards
# the User-Agent of the coding agent that calls.
"""
_CALLER = """\
# The User-Agent of the coding agent that calls is forwarded; any other caller's requests carry our own name.
"""
_FIXED = """\
# user_agent is another product's name. Kimi's terms call that tampering and may suspend the membership, so it is sent
# only while KIMI_USER_AGENT_RISK_ACCEPTED="name, date" is set (.env). Without it requests carry our own name.
"""

PROFILE = Profile(
    name="kimi",
    source="https://www.kimi.com/code/docs/en/, 2026-11-27",
    wire_family="kimi",
    litellm="kimi",
    prefixes=("kimi/",),
    bare=("kimi-for-coding*",),
    # Reasoning counts against max_tokens, and answers take minutes.
    timeout=600,
    max_tokens_floor=1500,
    # Kimi's terms: personal, interactive use only.
    unattended=False,
    keys=(KEY,),
    setup=Setup(
        about=f"Kimi For Coding, a membership ({SYSTEM.key_shape} keys)",
        base_url="auto",
        auth_env="KIMI_API_KEY",
        default_model="kimi-for-coding",
        comment=_AUTO,
        identities={"honest": _HONEST, "caller": _CALLER, "fixed": _FIXED},
    ),
    hosts=(*SYSTEM.hosts, *PLATFORM_HOSTS),
)
