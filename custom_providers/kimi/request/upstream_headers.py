"""The headers of a request to Kimi: one User-Agent, one credential, and nothing that contradicts them."""

from __future__ import annotations

from collections.abc import Mapping

from custom_providers.kimi.account.identity import Protocol
from custom_providers.request.attempt.headers import of_client

ANTHROPIC_VERSION = "2023-06-01"

_FOREIGN = ("x-stainless-", "x-msh-", "anthropic-")
"""Headers by which SDKs, Kimi's own clients and Claude Code identify themselves; untrue from us."""


def headers(*, user_agent: str, protocol: Protocol, key: str, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the headers for one request, with those of ``extra`` that contradict nothing."""
    kept = {name: value for name, value in of_client(extra).items() if not name.lower().startswith(_FOREIGN)}
    credential = (
        {"Authorization": f"Bearer {key}"}
        if protocol == "openai"
        else {"x-api-key": key, "anthropic-version": ANTHROPIC_VERSION}
    )
    return {**kept, "User-Agent": user_agent, "Content-Type": "application/json", **credential}
