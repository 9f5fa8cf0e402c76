"""Decides who may see the page without logging in, and which requests come from another site's page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.types import Scope

from custom_providers.environment.listener import is_loopback

_FORWARDED = frozenset({"forwarded", "via", "x-real-ip", "cf-connecting-ip", "true-client-ip"})
_FORWARDED_PREFIX = "x-forwarded-"
_OWN_SITES = frozenset({"same-origin", "none"})
"""https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header; "none" means that the user opened the page directly."""


def is_local(scope: Scope) -> bool:
    """Whether the request comes from this machine, under a local name, and without a reverse proxy.

    The Host header is checked because of DNS rebinding: a site may point its own name to 127.0.0.1, and its page could
    then read ours. A local reverse proxy may replace the Host header and add no header, as nginx does by
    default. But the Connection header only applies to one hop (RFC 9110, section 7.6.1): a directly connected browser
    sends keep-alive in it, and one behind a proxy cannot make the proxy send that.
    """
    headers = headers_of(scope)
    forwarded = any(name in _FORWARDED or name.startswith(_FORWARDED_PREFIX) for name in headers)
    if forwarded or scope.get("http_version") == "1.0" or headers.get("connection", "").lower() != "keep-alive":
        return False
    client = scope.get("client")
    return client is not None and is_loopback(str(client[0])) and is_local_name(headers.get("host", ""))


def is_local_name(host: str) -> bool:
    """Whether a Host header names this machine: localhost or a loopback address, with or without a port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return is_loopback(name)


def is_foreign(scope: Scope) -> bool:
    """Whether another site's page made the browser send this request; LiteLLM's CORS would let it read the response.

    Links from other sites are allowed. Browsers without Sec-Fetch-Site send Origin with requests of scripts and with
    every form.
    """
    headers = headers_of(scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        followed = scope["method"] == "GET" and headers.get("sec-fetch-mode") == "navigate"
        return site not in _OWN_SITES and not followed
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host")


def is_https(scope: Scope) -> bool:
    """Whether the browser used HTTPS; a client that lies about it only gets a cookie that it cannot use."""
    return scope["scheme"] == "https" or "https" in headers_of(scope).get("x-forwarded-proto", "")


def headers_of(scope: Scope) -> Mapping[str, str]:
    """The request's headers, with lower-case names."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
