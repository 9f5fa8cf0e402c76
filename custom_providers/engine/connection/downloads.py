"""Downloads images that messages give by URL, for providers that do not.

LiteLLM's own download is cached and blocks private addresses; ``litellm_patches.limits.media_downloads`` limits it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from litellm.litellm_core_utils.prompt_templates.image_handling import (  # noqa: TID253 -- LiteLLM imports this module
    async_convert_url_to_base64,
)

from custom_providers.engine.wires import images


async def downloaded(messages: Sequence[Mapping[str, Any]], seconds: float) -> list[dict[str, Any]]:
    """Return the messages with each public image URL replaced by its data.

    Raises:
        ImageFetchError: LiteLLM's error when an image cannot be fetched or a limit is exceeded.
    """
    fetches = {
        url: asyncio.create_task(async_convert_url_to_base64(url, timeout=seconds))
        for url in images.public_urls(messages)
    }
    try:
        await asyncio.gather(*fetches.values())
    finally:
        for fetch in fetches.values():
            fetch.cancel()
    return images.inlined(messages, {url: str(fetch.result()) for url, fetch in fetches.items()})
