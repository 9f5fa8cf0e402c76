"""Applies the registry's ``stream_timeout`` to Gemini streams.

LiteLLM opens them with a separate client, which has a timeout of 600 s and ignores the deployment's.
"""

from __future__ import annotations

from typing import Any

from litellm.llms.custom_httpx.http_handler import get_async_httpx_client  # noqa: TID253 -- LiteLLM imports this module
from litellm.types.utils import LlmProviders  # noqa: TID253 -- as above

from custom_providers.routing.resolver import ProviderRoute


def bounded(call: dict[str, Any], call_type: str, provider: ProviderRoute) -> dict[str, Any]:
    """Return ``call`` with a client that has the call's timeout, if LiteLLM would otherwise create its own."""
    if (
        provider.wire_family != "gemini"
        or call_type != "acompletion"
        or not call.get("stream")
        or not call.get("timeout")
    ):
        return call
    client = get_async_httpx_client(LlmProviders.GEMINI, params={"timeout": float(call["timeout"])})
    return {**call, "client": client}
