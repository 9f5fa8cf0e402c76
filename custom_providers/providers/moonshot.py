"""The Moonshot platform, Kimi's prepaid API."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from custom_providers.providers import kimi
from custom_providers.providers.account.quota import Window
from custom_providers.providers.json_members import number, table
from custom_providers.providers.kimi_system import EFFORTS, PLATFORM_HOSTS, KimiModel, Price, System
from custom_providers.providers.profile import KeyShape, Profile, Setup, Shutdown

SYSTEM = System(
    name="moonshot",
    title="the Moonshot platform",
    key_shape="sk-…",
    hosts=PLATFORM_HOSTS,
    base_url="https://api.moonshot.ai/v1",
    console="https://platform.kimi.ai",
)

_1M, _256K = 1_048_576, 262_144

# https://platform.kimi.ai/docs/pricing/chat, 2026-11-27
_K31_PRO = Price(input=2.0, output=10.0, cached=0.20, cache_write=2.0, cache_write_1h=4.0)
_K31_FAST = Price(input=4.0, output=20.0, cached=0.20, cache_write=4.0, cache_write_1h=8.0)
_K3 = Price(input=3.0, output=15.0, cached=0.30)
_K27 = Price(input=0.95, output=4.0, cached=0.19)
_K27_FAST = Price(input=1.90, output=8.0, cached=0.38)
_K26 = Price(input=0.95, output=4.0, cached=0.16)

MODELS = (
    KimiModel(id="kimi-k3.1-pro", system=SYSTEM, context=_1M, output=_1M, price=_K31_PRO, efforts=EFFORTS),
    KimiModel(id="kimi-k3.1-pro-highspeed", system=SYSTEM, context=_1M, output=_1M, price=_K31_FAST, efforts=EFFORTS),
    KimiModel(id="kimi-k3", system=SYSTEM, context=_1M, output=_1M, price=_K3, efforts=EFFORTS),
    KimiModel(id="kimi-k2.7-code", system=SYSTEM, context=_256K, output=_256K, price=_K27),
    KimiModel(id="kimi-k2.7-code-highspeed", system=SYSTEM, context=_256K, output=_256K, price=_K27_FAST),
    KimiModel(id="kimi-k2.6", system=SYSTEM, context=_256K, output=_256K, price=_K26, switchable=True),
)

MEANT = {"k3": "kimi-k3", "k3.1-pro": "kimi-k3.1-pro"}
"""Ids of Kimi Code, with the platform's ids for them."""

OTHER_HOST = {
    "api.moonshot.ai": "a key made at platform.kimi.com works at api.moonshot.cn only",
    "api.moonshot.cn": "a key made at platform.kimi.ai works at api.moonshot.ai only",
}
"""Their keys look alike, so only a refusal shows which host a key is for."""


def balance(answer: Any, unit: str) -> tuple[Window, ...]:
    """``/v1/users/me/balance``; it names no currency, which depends on the host."""
    remaining = number(table(answer, "data"), "available_balance")
    return () if remaining is None else (Window(name="balance", remaining=remaining, unit=unit),)


def currency(base_url: str) -> str:
    """The host's currency."""
    return "CNY" if (urlsplit(base_url).hostname or "").endswith(".cn") else "USD"


PROFILE = Profile(
    name="moonshot",
    source="https://platform.kimi.ai/docs, 2026-11-27",
    wire_family="kimi",
    litellm="kimi",
    prefixes=("moonshot/",),
    bare=("kimi-*", "moonshot-*"),
    timeout=600,
    max_tokens_floor=1500,
    # A key of Kimi Code is judged by the base URL.
    keys=(KeyShape(title="a Moonshot platform key", whole=r"sk-(?!kimi-|or-|ant-|proj-)\S{20,}"), kimi.KEY),
    setup=Setup(
        about=f"the Moonshot platform, prepaid (other {SYSTEM.key_shape} keys)",
        base_url=SYSTEM.base_url,
        auth_env="MOONSHOT_API_KEY",
        default_model="kimi-k3.1-pro",
    ),
    hosts=kimi.PROFILE.hosts,
    # Kimi's changelog, 2026-11-27; kimi-k2.6 is closed to new accounts since 2026-10-31.
    shutdowns=(
        Shutdown(model="kimi-k2.6", day="2026-12-31", instead="kimi-k3.1-pro"),
        Shutdown(model="kimi-k2.5", day="2026-08-31", instead="kimi-k3.1-pro"),
        Shutdown(model="moonshot-v1-*", day="2026-08-31", instead="kimi-k3.1-pro"),
        Shutdown(model="kimi-k2-*", day="2026-05-25", instead="kimi-k3.1-pro"),
        Shutdown(model="kimi-latest*", day="2026-01-28", instead="kimi-k3.1-pro"),
        Shutdown(model="kimi-thinking-preview", day="2026-01-28", instead="kimi-k3.1-pro"),
    ),
)
