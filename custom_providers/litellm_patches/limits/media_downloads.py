"""Limits LiteLLM's media downloads (number, size, time, concurrency), and keeps them off the event loop."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

import litellm  # noqa: TID253 -- LiteLLM imports this module

from custom_providers.litellm_patches.limits import http_clients

MEGABYTE = 1024**2
MOST_URLS = 50
"""Per request, for any provider."""
MOST_MEGABYTES = 48
"""All downloads of one request, and so also each single one."""
AT_ONCE = 4
"""Concurrent downloads per worker."""
SECONDS = 60
"""Per download; without a limit, a few slow hosts would block all other downloads."""

_NOT_ON_THE_LOOP = "an image or file is given by a URL that is not downloaded in this place: send it as data"


class Budget:
    """The downloads of one request, by URL; a second attempt downloads the same URLs again."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}

    def enter(self, url: str) -> None:
        """Count a URL.

        Raises:
            ImageFetchError: there are too many.
        """
        self._sizes.setdefault(url, 0)
        if len(self._sizes) > MOST_URLS:
            raise litellm.ImageFetchError(f"the request names more than {MOST_URLS} URLs to download")

    def add(self, url: str, size: int) -> None:
        """Count the bytes of a download.

        Raises:
            ImageFetchError: there are too many.
        """
        self._sizes[url] = size
        if sum(self._sizes.values()) > MOST_MEGABYTES * MEGABYTE:
            raise _too_large()


BUDGET: ContextVar[Budget | None] = ContextVar("pointsman_download_budget", default=None)
"""The budget of the current request."""

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def bounded(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap LiteLLM's download, which follows redirects and blocks private addresses."""

    @functools.wraps(original)
    async def async_safe_get(client: Any, url: str, **options: Any) -> Any:
        budget = BUDGET.get() or Budget()
        budget.enter(url)
        turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
        room = http_clients.ROOM.set(MOST_MEGABYTES * MEGABYTE)
        try:
            async with turn, asyncio.timeout(SECONDS):
                response = await original(client, url, **options)
        except http_clients.TooLargeError:
            raise _too_large() from None
        except TimeoutError:
            raise litellm.ImageFetchError(f"a URL was not downloaded within {SECONDS} s: {url}") from None
        finally:
            http_clients.ROOM.reset(room)
        budget.add(url, len(response.content))
        return response

    return async_safe_get


def outside_the_loop(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the synchronous download: on the event loop, it would block all other requests."""

    @functools.wraps(original)
    def safe_get(client: Any, url: str, **options: Any) -> Any:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return original(client, url, **options)
        raise litellm.ImageFetchError(_NOT_ON_THE_LOOP)

    return safe_get


def _too_large() -> litellm.ImageFetchError:
    return litellm.ImageFetchError(f"the downloads of one request have more than {MOST_MEGABYTES} MB")
