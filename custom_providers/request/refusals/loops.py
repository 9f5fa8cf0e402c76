"""Refuses a request that already passed through this proxy: some base URL leads back here, perhaps indirectly.

Each call to a host that is not a vendor's carries a header with the random mark of this proxy, after the marks of the
proxies before it. Vendors do not get the header: none of them calls us back, and our proxies do not concern them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from custom_providers.providers.known import KNOWN
from custom_providers.request.attempt.headers import layered

HEADER = "x-pointsman-hops"

VARIABLE = "POINTSMAN_INSTANCE"
"""Holds the mark that all workers of one ``pointsman serve`` share."""

MOST_HOPS = 5
"""The most proxies of this kind in one chain; replicas with different marks could otherwise loop forever."""


def new_mark() -> str:
    """A random mark that no other proxy has."""
    return secrets.token_hex(8)


def refusal(data: Mapping[str, Any], mark: str) -> str | None:
    """Return the error for a request that must be refused, or None. ``data`` is what LiteLLM's hooks get."""
    hops = _hops(data)
    if mark in hops:
        return "this request has passed through this proxy before: a provider's base URL leads back to the proxy itself"
    if len(hops) >= MOST_HOPS:
        return f"this request has passed through {len(hops)} proxies: is a provider's base URL one of them?"
    return None


def marked(call: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """Return ``call``, an attempt's keyword arguments, with this proxy's mark unless it goes to a vendor."""
    if _is_vendor(urlsplit(str(call.get("api_base") or "")).hostname or ""):
        return dict(call)
    hops = {HEADER: ", ".join((*_hops(call), mark))}
    return {**call, "extra_headers": layered(call.get("extra_headers") or {}, hops)}


def _hops(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The marks of the proxies that the request has passed through."""
    sent = (data.get("proxy_server_request") or {}).get("headers") or {}
    return tuple(hop for part in str(sent.get(HEADER, "")).split(",") if (hop := part.strip()))


@lru_cache(256)
def _is_vendor(host: str) -> bool:
    """Whether a vendor owns the host. An empty host counts: the Kimi handler then calls Kimi."""
    return not host or any(profile.is_home(host) for profile in KNOWN.values())
