"""Refuses content that a provider does not support: LiteLLM would drop it, and the model would answer without. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from custom_providers.json_parts import mapping
from custom_providers.routing.resolver import ProviderRoute

_DOCUMENTS = frozenset({"document", "file", "input_file", "container_upload"})
_SOUND = frozenset({"input_audio", "audio", "video_url", "video"})
_LACKS = {"ollama": _DOCUMENTS | _SOUND, "anthropic": _SOUND}
"""Unsupported content types by wire family; providers of other families return an error themselves."""


def refusal(request: Mapping[str, Any], provider: ProviderRoute | None) -> str | None:
    """Return why ``provider`` cannot process the conversation in ``request``, or None; for all three protocols."""
    lacks = _LACKS.get(provider.wire_family) if provider is not None else None
    if provider is None or not lacks:
        return None
    turns = [*_listed(request.get("messages")), *_listed(request.get("input"))]
    found = next((kind for turn in turns for kind in _kinds(turn) if kind in lacks), None)
    return found and f'{provider.name} takes no content of type "{found}"'


def _kinds(turn: Any) -> Iterator[str]:
    """The types of a turn's parts, including those in tool results."""
    for part in (*_listed(mapping(turn).get("content")), *_listed(mapping(turn).get("output"))):
        yield str(mapping(part).get("type"))
        yield from _kinds(part)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
