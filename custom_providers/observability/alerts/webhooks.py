"""Sends an alert to Slack and to Discord, which accepts Slack's format under the path ``/slack``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

import httpx  # noqa: TID253 -- only the proxy loads this module

SERVICES = ("slack", "discord")

_PAUSES = (1.0, 10.0, 60.0)
"""Seconds between attempts; if the chat service is down for longer, the alert is lost."""

_FAILED: Mapping[type[Exception], str] = {
    httpx.UnsupportedProtocol: "is not a valid URL",
    httpx.InvalidURL: "is not a valid URL",
    httpx.ConnectError: "no connection",
    httpx.TimeoutException: "no answer within 10 s",
    httpx.HTTPError: "the connection broke",
}
"""Why a message was not delivered, without the URL; the first one that fits."""

_log = logging.getLogger("pointsman")


def urls(settings: Mapping[str, str], env: Mapping[str, str]) -> list[str]:
    """The webhooks whose variables the ``[alerts]`` table names and which are set."""
    named = (url(name, env.get(settings.get(f"{name}_webhook_env", ""), "")) for name in SERVICES)
    return [found for found in named if found]


def url(service: str, configured: str) -> str:
    """The URL for a message to the chat service; empty if it is not configured."""
    configured = configured.strip()
    return _slack_compatible(configured) if service == "discord" else configured


async def send(hooks: Sequence[str], text: str) -> None:
    """Sends ``text`` to every webhook; never raises, and never prints a URL, which is a secret."""
    await asyncio.gather(*(_send(hook, text) for hook in hooks))


async def _send(hook: str, text: str) -> None:
    why = ""
    for pause in (*_PAUSES, None):
        if not (why := await refused(hook, text)):
            return
        if pause is not None:
            await asyncio.sleep(pause)
    _log.error("pointsman: alert not delivered to %s (%s): %s", _host(hook), why, text)


def _host(hook: str) -> str:
    """The host of a webhook, which is not a secret."""
    try:
        return urlsplit(hook).hostname or "a webhook"
    except ValueError:
        return "a webhook"


async def refused(hook: str, text: str) -> str:
    """Sends ``text`` to one webhook, once; returns why that failed, without the URL, or an empty string."""
    try:
        async with httpx.AsyncClient(timeout=10) as client:
            status = (await client.post(hook, json={"text": text})).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return next(words for kind, words in _FAILED.items() if isinstance(error, kind))
    return "" if status < 300 else f"HTTP {status}"


def _slack_compatible(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # sending to it says so
        return url
    path = parts.path.rstrip("/")
    return urlunsplit(parts._replace(path=path if path.endswith("/slack") else f"{path}/slack")) if url else ""
