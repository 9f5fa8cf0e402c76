"""HTTP requests to providers: pooled connections, a timeout for the first byte and each pause, our own errors."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from multidict import CIMultiDict

from custom_providers.engine.connection.timing import CONNECT_TIMEOUT
from custom_providers.engine.errors.connecting import is_refused, lacks_descriptor
from custom_providers.engine.errors.failure import NOT_FOLLOWED, Failure, FailureKind, Judge, UpstreamError
from custom_providers.keys.censor import CENSOR

MOST_ANSWER = 128 * 1024**2
"""The most bytes of a response that is not streamed, decompressed."""
MOST_ERROR = 16 * 1024
"""The most bytes of an error body to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One HTTP request."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    timeout: float
    """Seconds for the first byte of the response, and between any two reads."""
    judge: Judge
    """Classifies the call's failures."""


_Keeper = AsyncGenerator[aiohttp.ClientSession, None]


class Sessions:
    """One session per event loop: created by the first call on it, closed with it."""

    def __init__(self) -> None:
        self._by_loop: dict[asyncio.AbstractEventLoop, tuple[aiohttp.ClientSession, _Keeper]] = {}

    async def current(self) -> aiohttp.ClientSession:
        """Return the running loop's session."""
        loop = asyncio.get_running_loop()
        if loop not in self._by_loop:
            keeper = self._keep(loop)
            # ``_keep`` does not pause before its first yield: no other call can come in between.
            self._by_loop[loop] = await anext(keeper), keeper
        return self._by_loop[loop][0]

    async def close(self) -> None:
        """Close the running loop's session and its connections."""
        if entry := self._by_loop.get(asyncio.get_running_loop()):
            await entry[1].aclose()

    async def _keep(self, loop: asyncio.AbstractEventLoop) -> _Keeper:
        """Yield the loop's session, and close it when the loop ends.

        This generator is never resumed: a loop that ends closes the async generators begun on it
        (``shutdown_asyncgens``; ``asyncio.run``, and so uvicorn, calls it). LiteLLM does not notify handlers of the end
        of a loop. A waiting task is no alternative, since LiteLLM's router waits for all tasks of the loops that it
        creates for mirrored traffic.
        """
        connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=300)
        try:
            async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
                yield session
        finally:
            self._by_loop.pop(loop, None)


@asynccontextmanager
async def answered(sessions: Sessions, post: Post) -> AsyncIterator[aiohttp.ClientResponse]:
    """Send a request and yield its 200 response, whose body is read inside the ``with``.

    Raises:
        UpstreamError: the provider returned an error, or the connection failed, now or while the body is read.
    """
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT, sock_read=post.timeout)
    try:
        session = await sessions.current()
        async with session.post(
            post.url,
            data=post.body,
            headers={**post.headers, "Accept-Encoding": "identity"},
            timeout=timeout,
            allow_redirects=False,
            proxy=_proxy(post.url),
        ) as response:
            if response.status != 200:
                raise UpstreamError(await _refusal(response, post.judge))
            yield response
    except (aiohttp.ClientError, TimeoutError) as error:
        raise UpstreamError(_failure(error, post)) from error


async def _refusal(response: aiohttp.ClientResponse, judge: Judge) -> Failure:
    """Classify a response whose status is not 200. Clients get a status of an error, whatever the provider's is."""
    status = response.status
    if 300 <= status < 400 and "Location" in response.headers:
        message = NOT_FOLLOWED.format(status=status)
        return Failure(kind=FailureKind.NOT_FOUND, status=502, upstream_status=status, message=message, retries=0)
    if not 400 <= status < 600:
        return judge.seen(FailureKind.MALFORMED, f"its status is {status}")
    said = CENSOR.clean(await _beginning(response))
    return judge.answered(status, said, headers_of(response))


def headers_of(response: aiohttp.ClientResponse) -> Mapping[str, str]:
    """The headers of a response, without keys."""
    return CIMultiDict((name, CENSOR.clean_text(value)) for name, value in response.headers.items())


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    said = b""
    while len(said) < MOST_ERROR and (part := await response.content.read(MOST_ERROR - len(said))):
        said += part
    return said


async def whole(response: aiohttp.ClientResponse, judge: Judge) -> bytes:
    """Read a response that is not streamed.

    Raises:
        UpstreamError: it is too long.
    """
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > MOST_ANSWER:
            raise UpstreamError(judge.seen(FailureKind.MALFORMED, f"it has more than {MOST_ANSWER // 1024**2} MB"))
        parts.append(part)
    return CENSOR.clean(b"".join(parts))


def _failure(error: Exception, post: Post) -> Failure:
    host = urlsplit(post.url).hostname
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return post.judge.seen(FailureKind.UNREACHABLE, f"no connection to {host} in {CONNECT_TIMEOUT:g} s")
    if isinstance(error, TimeoutError):
        return post.judge.seen(FailureKind.TIMEOUT, f"nothing came for {post.timeout:g} s")
    if isinstance(error, aiohttp.ClientConnectorError) and lacks_descriptor(error.os_error):
        return post.judge.seen(FailureKind.NO_DESCRIPTOR, "")
    if isinstance(error, aiohttp.ClientConnectorError) and is_refused(error.os_error):
        return post.judge.seen(FailureKind.REFUSED, _origin(post.url))
    if isinstance(error, aiohttp.ClientConnectorError):
        return post.judge.seen(FailureKind.UNREACHABLE, f"no connection to {host}: {_reason(error.os_error)}")
    if isinstance(error, aiohttp.InvalidURL):
        return post.judge.seen(FailureKind.UNREACHABLE, str(error))
    return post.judge.seen(FailureKind.CUT, CENSOR.clean_text(_ending(error)))


def _ending(error: Exception) -> str:
    """How the connection ended; aiohttp's own texts have class names and reprs in them."""
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the connection was closed before the answer began"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the connection was closed in the middle of it"
    if isinstance(error, aiohttp.ClientResponseError):
        return "it is not valid HTTP"
    return _reason(error) if isinstance(error, OSError) else str(error)


def _reason(error: OSError) -> str:
    """The system's words without OpenSSL's place in its source, as in "wrong version number (_ssl.c:1006)"."""
    if error.errno and str(error.strerror).startswith("Connect call failed"):
        return os.strerror(error.errno)
    return re.sub(r"^\[SSL: \w+\] | \(_ssl\.c:\d+\)$", "", error.strerror or str(error))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


@lru_cache(maxsize=64)
def _proxy(url: str) -> str | None:
    """The forward proxy that the environment configures for a URL."""
    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
