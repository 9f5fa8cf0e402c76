"""Base URLs: whether a text can be one, and its normal form. Pure; the registry and the environment obey one rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from custom_providers.environment.listener import is_loopback
from custom_providers.providers.profile import Profile, WireFamily

AUTO = "auto"
"""Kimi only: the key decides."""

EXPECTS = 'an http or https URL without credentials, "?" or "#", as in "https://openrouter.ai/api/v1"'

_ENDPOINTS: dict[WireFamily, str] = {
    "openai": (
        r"/(chat/completions|completions|embeddings|moderations|rerank|messages(/count_tokens)?)"
        r"|/(models|responses)|(?<=/v1)/(models|responses|files|batches|audio|images)(/[^/]+)*"
    ),
    "anthropic": r"/(messages(/count_tokens|/batches)?|complete|chat/completions|models)|(?<=/v1)/models/[^/]+",
    # Ollama's paths begin with /api; /v1, its OpenAI protocol, is not asked.
    "ollama": (
        r"/(api|v1)(/(chat(/completions)?|completions|responses|messages|generate|embed|embeddings|tags|models|show"
        r"|ps|version|create|pull|push|copy|delete))?"
    ),
    "gemini": r"/(openai(/.*)?|models(/[^/]*)?)",
    # The platform's Anthropic API is found beside its own.
    "kimi": (
        r"/(chat/completions|completions|messages(/count_tokens)?|models|usages|users/me/balance)|/anthropic(/v1)?"
    ),
}
"""The ends of complete endpoint URLs, as documentation shows them; the proxy appends these paths itself."""

_VENDOR_PATHS = {
    "api.openai.com": "/v1",
    "openrouter.ai": "/api/v1",
    "generativelanguage.googleapis.com": "/v1beta",
    "api.kimi.com": "/coding/v1",
    "api.moonshot.ai": "/v1",
    "api.moonshot.cn": "/v1",
}
"""Where a vendor's API begins; a URL of its host alone answers 404, as does one that only Anthropic's SDK completes."""

_HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+(%.+)?", re.IGNORECASE)
"""A name, also an international one, or an IPv6 address."""
_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0)(:\d+)?(/.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseUrl:
    """A base URL as it is used, or why it is not."""

    value: str = ""
    """Normal form; empty when there is none or when it has a flaw. Never with credentials: safe to show."""
    flaw: str = ""
    """What is wrong, as the end of a sentence that begins with its name, and without the text itself."""
    changed: str = ""
    """What the normal form left out or added, as the end of such a sentence; empty when only a slash went."""


def judged(text: str, family: WireFamily) -> BaseUrl:
    """``text``, cleaned, as the base URL of a provider of ``family``."""
    if text.lower() == AUTO and family == "kimi":
        return BaseUrl(value=AUTO)
    url = f"http://{text}" if _LOOPBACK.fullmatch(text) else text
    if flaw := flaw_of(url):
        return BaseUrl(flaw=flaw)
    parts = urlsplit(url)
    path, dropped = _path(parts, family)
    changed = f'had "{dropped}" at its end, which is removed: the proxy appends the path' if dropped else ""
    if url != text:
        changed = "has no scheme: http:// is added"
    begins = _VENDOR_PATHS.get(parts.hostname or "", "") if family != "anthropic" else ""
    if path != begins and (begins.startswith(f"{path}/") or begins.endswith(path)):
        changed = f'ends with "{path}": "{begins}" is used' if path else f'has no path: "{begins}" is added'
        path = begins
    return BaseUrl(value=f"{parts.scheme}://{parts.netloc}{path}", changed=changed)


def foreign_host(url: str, profile: Profile) -> str:
    """The host of ``url``, which is valid, if it is neither one of the vendor's nor this machine; else empty."""
    host = urlsplit(url).hostname or ""
    return "" if url == AUTO or not profile.home or profile.is_home(host) or is_loopback(host) else host


def flaw_of(url: str) -> str:
    """Why ``url`` is not a base URL, as the end of a sentence; empty if it is one."""
    if any(character.isspace() or not character.isprintable() for character in url):
        return "contains white space or a control character"
    if not re.match(r"https?://", url, re.IGNORECASE):
        return "does not begin with https:// or http://"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not a valid URL"
    if "@" in parts.netloc:
        return "contains a user name or password, which logs and admin pages would show"
    if "\\" in url or not _HOST.fullmatch(parts.hostname or "") or port == 0 or parts.netloc.endswith(":"):
        return "is not a valid URL"
    if "?" in url or "#" in url:
        return 'contains "?" or "#": a base URL ends before it'
    return ""


def _path(parts: SplitResult, family: WireFamily) -> tuple[str, str]:
    """The path without what the proxy appends, and what that was."""
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    kept = re.sub(rf"(?:{_ENDPOINTS[family]})+$", "", path, flags=re.IGNORECASE)
    return kept, path[len(kept) :]
