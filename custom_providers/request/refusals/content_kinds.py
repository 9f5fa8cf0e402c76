"""Refuses content that a provider does not support: LiteLLM would drop it, and the model would answer without. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from custom_providers.json_parts import listed, mapping
from custom_providers.request.fields import message_blocks
from custom_providers.routing.resolver import ProviderRoute

_DOCUMENTS = frozenset({"document", "file", "input_file", "container_upload"})
_SOUND = frozenset({"input_audio", "audio", "video_url", "video"})
_SENT_AS_TEXT = frozenset({"text", "content"})
"""The ``source`` of documents that ``message_blocks`` makes texts of."""
FETCHES = frozenset({"anthropic", "gemini"})
"""Wire families that documents reach by URL; LiteLLM sends an image to the others."""
_LACKS = {"ollama": _DOCUMENTS | _SOUND, "anthropic": _SOUND}
"""Unsupported content types by wire family; providers of other families return an error themselves."""


def refusal(request: Mapping[str, Any], provider: ProviderRoute | None, call_type: str) -> str | None:
    """Return why ``provider`` cannot process the conversation in ``request``, or None; for all three protocols."""
    if provider is None:
        return None
    if call_type == "anthropic_messages" and provider.wire_family != "anthropic":
        fetches = provider.wire_family in FETCHES
        flaw = message_blocks.refusal(request.get("messages"), provider.name, fetches=fetches)
        if flaw:
            return flaw
    lacks = _LACKS.get(provider.wire_family)
    if lacks is None:
        return None
    turns = [*listed(request.get("messages")), *listed(request.get("input"))]
    found = next((kind for turn in turns for kind in _kinds(turn) if kind in lacks), None)
    return found and f'{provider.name} does not accept content of type "{found}"'


def _kinds(turn: Any) -> Iterator[str]:
    """The types of a turn's parts, including those in tool results."""
    for part in (*listed(mapping(turn).get("content")), *listed(mapping(turn).get("output"))):
        if mapping(mapping(part).get("source")).get("type") not in _SENT_AS_TEXT:
            yield str(mapping(part).get("type"))
        yield from _kinds(part)
