"""Images that messages give by URL, fetched for providers that fetch none: few, small, and few at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from litellm.litellm_core_utils.prompt_templates.image_handling import (  # noqa: TID253 -- LiteLLM imports this module
    async_convert_url_to_base64,
)

from custom_providers.engine import images
from custom_providers.engine.errors.failure import FailureKind, Judge, UpstreamError

MOST_IMAGES = 50
"""URLs of one request."""
MOST_CHARACTERS = 64 * 1024**2
"""All images of one request as base64: 48 MB of files."""
AT_ONCE = 4
"""Downloads of one worker; each holds up to 50 MB, LiteLLM's bound."""


class TooManyImagesError(ValueError):
    """A request's images exceed the bounds; says which."""


class Downloads:
    """Fetches images, of all requests together ``AT_ONCE``."""

    def __init__(self) -> None:
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    async def data_urls(self, urls: Sequence[str], timeout: float) -> Mapping[str, str]:  # noqa: ASYNC109 -- LiteLLM's
        """Each URL's image as a ``data:`` URL.

        Args:
            urls: each once.
            timeout: seconds for each download.

        Raises:
            TooManyImagesError: the bounds are exceeded; nothing more is fetched then.
        """
        if len(urls) > MOST_IMAGES:
            raise TooManyImagesError(f"the messages name {len(urls)} image URLs; at most {MOST_IMAGES} are fetched")
        found: dict[str, str] = {}
        fetches = [asyncio.create_task(self._fetch(url, timeout, found)) for url in urls]
        try:
            await asyncio.gather(*fetches)
        finally:
            for fetch in fetches:
                fetch.cancel()
        return found

    async def _fetch(self, url: str, seconds: float, found: dict[str, str]) -> None:
        turn = self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
        async with turn:
            # LiteLLM's own download: bounded in size, cached, and closed to private addresses.
            found[url] = str(await async_convert_url_to_base64(url, timeout=seconds))
        if sum(map(len, found.values())) > MOST_CHARACTERS:
            megabytes = MOST_CHARACTERS // 4 * 3 // 1024**2
            raise TooManyImagesError(f"the images of the messages have more than {megabytes} MB")


DOWNLOADS = Downloads()
"""Of this process."""


async def downloaded(messages: Sequence[Mapping[str, Any]], seconds: float, judge: Judge) -> list[dict[str, Any]]:
    """Return the messages with each public image URL replaced by its data.

    Raises:
        UpstreamError: there are too many images.
    """
    urls = images.public_urls(messages)
    if not urls:
        return [dict(message) for message in messages]
    try:
        return images.inlined(messages, await DOWNLOADS.data_urls(urls, timeout=seconds))
    except TooManyImagesError as error:
        raise UpstreamError(judge.seen(FailureKind.UNSENDABLE, str(error))) from None
