"""Builds a messages request from the client's own body."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from custom_providers.json_parts import mapping
from custom_providers.request.attempt.headers import layered

_VERSION = "2023-06-01"


def body(asked: Mapping[str, Any], model: str, litellms: Collection[str]) -> dict[str, Any]:
    """Return the body, as the client wrote it.

    Args:
        asked: LiteLLM's arguments of the attempt; ``proxy_server_request`` holds the client's body.
        model: the provider's model id.
        litellms: fields for LiteLLM and not for the provider.
    """
    written = mapping(mapping(asked.get("proxy_server_request")).get("body"))
    own = {"messages", "max_tokens", "metadata"}
    fields = {name: asked[name] for name in written if name in asked and (name in own or name not in litellms)}
    return {**fields, "messages": asked["messages"], "model": model, "stream": True}


def headers(sent: Mapping[str, str], asked: Mapping[str, Any], key: str) -> dict[str, str]:
    """``sent`` with the key and the client's Anthropic headers: version and betas."""
    scoped = asked.get("provider_specific_header")
    own = {
        name: value
        for one in (scoped if isinstance(scoped, list) else [scoped])
        for name, value in mapping(mapping(one).get("extra_headers")).items()
    }
    credential = {"x-api-key": key} if key else {}
    return layered({"anthropic-version": _VERSION}, {str(k): str(v) for k, v in own.items()}, sent, credential)
