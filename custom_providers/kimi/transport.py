"""HTTP to Kimi: pooled connections, one bound for the first byte and for every pause, errors as ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from custom_providers.kimi import errors
from custom_providers.kimi.failure import Call, Failure, KimiError, Kind, Reply, failure
from custom_providers.kimi.timing import CONNECT_TIMEOUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One HTTP request."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout: float
    """Seconds for the first byte of the answer, and again between any two reads of it."""
    call: Call


class Sessions:
    """One session for each event loop: made at the first call on it, closed with it."""

    def __init__(self) -> None:
        self._by_loop: dict[asyncio.AbstractEventLoop, tuple[aiohttp.ClientSession, AsyncGenerator[None, None]]] = {}

    def current(self) -> aiohttp.ClientSession:
        """Return the running loop's session."""
        loop = asyncio.get_running_loop()
        if loop not in self._by_loop:
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300), cookie_jar=aiohttp.DummyCookieJar()
            )
            self._by_loop[loop] = (session, self._kept(loop, session))
        return self._by_loop[loop][0]

    async def close(self) -> None:
        """Close the running loop's session and its connections."""
        if entry := self._by_loop.get(asyncio.get_running_loop()):
            await entry[1].aclose()

    def _kept(self, loop: asyncio.AbstractEventLoop, session: aiohttp.ClientSession) -> AsyncGenerator[None, None]:
        """An async generator that closes the session when it is closed, as loops do with all of theirs at their end."""

        async def keep() -> AsyncGenerator[None, None]:
            try:
                yield
            finally:
                del self._by_loop[loop]
                await session.close()

        keeper = keep()
        with suppress(StopIteration):
            # The loop learns of a generator at its first step, which awaits nothing.
            keeper.__anext__().__await__().__next__()
        return keeper


@asynccontextmanager
async def answered(sessions: Sessions, post: Post) -> AsyncIterator[aiohttp.ClientResponse]:
    """Send a request and give its 200 answer, whose body is still to be read inside the ``with``.

    Raises:
        KimiError: Kimi answered with an error, or the connection failed, now or while the body is read.
    """
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT, sock_read=post.timeout)
    try:
        async with sessions.current().post(
            post.url,
            data=post.body,
            headers=post.headers,
            timeout=timeout,
            allow_redirects=False,
            proxy=_proxy(post.url),
        ) as response:
            if response.status != 200:
                raise KimiError(errors.classify(response.status, await response.read(), response.headers, post.call))
            yield response
    except (aiohttp.ClientError, TimeoutError) as error:
        raise KimiError(_failure(error, post)) from error


def _failure(error: Exception, post: Post) -> Failure:
    host = urlsplit(post.url).hostname
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return failure(Kind.UNREACHABLE, post.call, Reply(text=f"no connection to {host} in {CONNECT_TIMEOUT:g} s"))
    if isinstance(error, TimeoutError):
        return failure(Kind.TIMEOUT, post.call, Reply(text=f"nothing came for {post.timeout:g} s"))
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.InvalidURL):
        return failure(Kind.UNREACHABLE, post.call, Reply(text=str(error)))
    return failure(Kind.CUT, post.call, Reply(text=f"{type(error).__name__}: {error}"))


@lru_cache(maxsize=64)
def _proxy(url: str) -> str | None:
    """The forward proxy that the environment sets for a URL."""
    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
