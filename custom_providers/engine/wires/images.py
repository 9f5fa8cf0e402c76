"""Image URLs in messages, which are replaced by data for providers that do not download images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from custom_providers.json_parts import unwrapped


def public_urls(messages: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The distinct http and https image URLs in the messages; ``data:`` and ``ms://`` URLs are left as they are."""
    urls = (_url(part) for message in messages for part in _parts(message))
    return tuple(dict.fromkeys(url for url in urls if url.startswith(("http://", "https://"))))


def inlined(messages: Sequence[Mapping[str, Any]], data_urls: Mapping[str, str]) -> list[dict[str, Any]]:
    """The messages with each URL in ``data_urls`` replaced by its data."""
    return [
        {**message, "content": [_with_data(part, data_urls) for part in parts]}
        if (parts := _parts(message))
        else dict(message)
        for message in messages
    ]


def _parts(message: Mapping[str, Any]) -> Sequence[Any]:
    content = message.get("content")
    return content if isinstance(content, list) else ()


def _url(part: Any) -> str:
    """The URL of an image part, written as an object or as a plain string; empty for every other part."""
    image = part.get("image_url") if isinstance(part, Mapping) and part.get("type") == "image_url" else None
    url = unwrapped(image, "url")
    return url if isinstance(url, str) else ""


def _with_data(part: Any, data_urls: Mapping[str, str]) -> Any:
    data = data_urls.get(_url(part))
    return part if data is None else {**part, "image_url": {"url": data}}
