"""A messages request that goes out as the client wrote it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from custom_providers.engine.json_parts import mapping
from custom_providers.request.headers import layered

_VERSION = "2023-06-01"


def body(asked: Mapping[str, Any], model: str, litellms: Collection[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the body, and the names of what had to be changed.

    Args:
        asked: LiteLLM's arguments of the attempt; ``proxy_server_request`` says what the client wrote.
        model: the upstream id.
        litellms: fields that are LiteLLM's and not the provider's.
    """
    written = mapping(mapping(asked.get("proxy_server_request")).get("body"))
    own = {"messages", "max_tokens", "metadata"}
    fields = {name: asked[name] for name in written if name in asked and (name in own or name not in litellms)}
    messages = [_signed(message) for message in asked["messages"]]
    adjusted = ["thinking"] if messages != list(asked["messages"]) else []
    return {**fields, "messages": messages, "model": model, "stream": True}, adjusted


def headers(sent: Mapping[str, str], asked: Mapping[str, Any], key: str) -> dict[str, str]:
    """``sent`` with the key, and with what the client's headers say to Anthropic: its version and its betas."""
    scoped = asked.get("provider_specific_header")
    own = {
        name: value
        for one in (scoped if isinstance(scoped, list) else [scoped])
        for name, value in mapping(mapping(one).get("extra_headers")).items()
    }
    credential = {"x-api-key": key} if key else {}
    return layered({"anthropic-version": _VERSION}, {str(k): str(v) for k, v in own.items()}, sent, credential)


def _signed(message: Any) -> Any:
    """A message without thoughts that nobody signed: Anthropic refuses the whole conversation for one of them."""
    content = message.get("content") if isinstance(message, Mapping) else None
    if not isinstance(content, list) or message.get("role") != "assistant":
        return message
    kept = [block for block in content if not _unsigned(block)]
    return {**message, "content": kept} if kept and len(kept) < len(content) else message


def _unsigned(block: Any) -> bool:
    return isinstance(block, Mapping) and block.get("type") == "thinking" and not block.get("signature")
