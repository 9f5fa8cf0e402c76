"""Fixes reasoning items in responses translated by LiteLLM: OpenAI's have a ``summary``, LiteLLM's only ``content``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from custom_providers.json_parts import mapping, parsed_object

_MARK = b'"reasoning"'


def in_whole(body: bytes) -> bytes:
    """The body of a whole response with reasoning items in OpenAI's format."""
    if _MARK not in body:
        return body
    response = parsed_object(body)
    return body if response is None else orjson.dumps(_mended(response))


def in_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """The same for an event of a stream that completes an item or the response."""
    mends = (("response", _mended), ("item", _item))
    return {**event, **{name: mend(event[name]) for name, mend in mends if isinstance(event.get(name), dict)}}


def _mended(response: Mapping[str, Any]) -> dict[str, Any]:
    output = response.get("output")
    return {**response, "output": [_item(item) for item in output]} if isinstance(output, list) else dict(response)


def _item(item: Any) -> Any:
    """A reasoning item with a summary, if its text is only in ``content``; any other item unchanged."""
    content = mapping(item).get("content")
    if mapping(item).get("type") != "reasoning" or item.get("summary") or not isinstance(content, list):
        return item
    texts = [str(mapping(part).get("text") or "") for part in content]
    summary = [{"type": "summary_text", "text": text} for text in texts if text]
    kept = {name: value for name, value in item.items() if name not in {"content", "role"}}
    return {**kept, "summary": summary}
