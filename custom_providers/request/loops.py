"""A request that has passed through this proxy before is refused: some base URL leads back here, perhaps on a detour.

Each call to a host that is no vendor's carries a header with a random mark of this proxy, behind those of the proxies
before it. Vendors do not get it: no vendor calls us back, and who else is on the way is none of their business.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from custom_providers.providers.known import KNOWN
from custom_providers.request.headers import layered

HEADER = "x-pointsman-hops"

VARIABLE = "POINTSMAN_INSTANCE"
"""Holds the mark that all workers of one ``pointsman serve`` share."""

MOST_HOPS = 5
"""Proxies of this kind in one chain; replicas with marks of their own would take turns without end."""


def new_mark() -> str:
    """What nobody else has."""
    return secrets.token_hex(8)


def refusal(data: Mapping[str, Any], mark: str) -> str | None:
    """Why a request must not go on, for the client; None when it may. ``data`` is what LiteLLM's hooks get."""
    hops = _hops(data)
    if mark in hops:
        return "this request has passed through this proxy before: a provider's base URL leads back to the proxy itself"
    if len(hops) >= MOST_HOPS:
        return f"this request has passed through {len(hops)} proxies: is a provider's base URL one of them?"
    return None


def marked(call: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """``call``, an attempt's keyword arguments, with this proxy's mark if it does not go to a vendor."""
    if _is_vendor(urlsplit(str(call.get("api_base") or "")).hostname or ""):
        return dict(call)
    hops = {HEADER: ", ".join((*_hops(call), mark))}
    return {**call, "extra_headers": layered(call.get("extra_headers") or {}, hops)}


def _hops(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The marks of the proxies that the request has passed."""
    sent = (data.get("proxy_server_request") or {}).get("headers") or {}
    return tuple(hop for part in str(sent.get(HEADER, "")).split(",") if (hop := part.strip()))


@lru_cache(256)
def _is_vendor(host: str) -> bool:
    """Without a host, the Kimi handler asks Kimi."""
    return not host or any(profile.is_home(host) for profile in KNOWN.values())
