"""Kimi's two account systems: which one a key or a URL belongs to, and the endpoints of each.

Keys are not interchangeable: the other system answers 401 "Invalid Authentication" without saying why
(Kimi Code error reference, https://www.kimi.com/code/docs/en/kimi-code/error-reference.html).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from custom_providers.providers.kimi import SYSTEM as KIMI_CODE
from custom_providers.providers.kimi_system import System
from custom_providers.providers.moonshot import SYSTEM as PLATFORM

__all__ = ["KIMI_CODE", "PLATFORM", "SYSTEMS", "System"]

SYSTEMS = (KIMI_CODE, PLATFORM)


def system_for_key(key: str) -> System | None:
    """The system that issued ``key``, judged by its prefix; None when it has neither shape."""
    if key.startswith("sk-kimi-"):
        return KIMI_CODE
    return PLATFORM if key.startswith("sk-") else None


def system_for_url(url: str) -> System | None:
    """The system behind ``url``: by its host, else by its path, which proxies and simulators keep."""
    parts = urlsplit(url)
    for system in SYSTEMS:
        if parts.hostname in system.hosts:
            return system
    segments = parts.path.split("/")
    if "coding" in segments:
        return KIMI_CODE
    return PLATFORM if "moonshot" in segments else None


def base_url_for_key(key: str) -> str | None:
    """The base URL for ``base_url = "auto"``; None if the key's shape matches neither account system."""
    system = system_for_key(key)
    return system.base_url if system else None


def mismatch(key: str, base_url: str) -> str | None:
    """One sentence naming both systems when the key cannot open the URL, else None."""
    of_key, of_url = system_for_key(key), system_for_url(base_url)
    if of_key is None or of_url is None or of_key is of_url:
        return None
    host = urlsplit(base_url).hostname
    return (
        f"the key is shaped {of_key.key_shape}, which is a key of {of_key.title}, but {host} belongs to"
        f" {of_url.title}, whose keys are shaped {of_url.key_shape}: use {of_key.base_url}, or a key from"
        f" {of_url.console}"
    )


def reached(key: str, base_url: str) -> tuple[str, str]:
    """The base URL for ``key``, where ``base_url`` may be "auto", and why the key must not go there; empty if it may.

    A key is never shown to the other system.
    """
    url = base_url_for_key(key) or "" if base_url == "auto" else base_url
    return url, mismatch(key, url) or ("" if url else _SHAPELESS)


_SHAPELESS = 'base_url is "auto", and the key has the shape of neither Kimi system'


def chat_url(base_url: str) -> str:
    """The OpenAI-protocol endpoint of ``base_url``, with or without its ``/v1``."""
    return f"{_root(base_url)}/v1/chat/completions"


def messages_url(base_url: str) -> str:
    """The same account's Anthropic endpoint: next to ``/v1`` for Kimi Code, otherwise under ``/anthropic``."""
    root = _root(base_url)
    return f"{root}/v1/messages" if system_for_url(root) is KIMI_CODE else f"{root}/anthropic/v1/messages"


def models_url(base_url: str) -> str:
    """The model list; Kimi Code's needs a key but admits any client."""
    return f"{_root(base_url)}/v1/models"


def usages_url(base_url: str) -> str:
    """Kimi Code's quota windows."""
    return f"{_root(base_url)}/v1/usages"


def balance_url(base_url: str) -> str:
    """The platform's prepaid balance."""
    return f"{_root(base_url)}/v1/users/me/balance"


def _root(base_url: str) -> str:
    """``base_url`` without the suffixes that people copy from the protocols' documentation."""
    return base_url.rstrip("/").removesuffix("/v1").removesuffix("/anthropic")
