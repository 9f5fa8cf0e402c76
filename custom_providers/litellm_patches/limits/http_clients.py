"""Restricts responses in the httpx clients of LiteLLM and of the OpenAI SDK.

- A request with a key or a body does not follow redirects, which could send both to any address.
- Responses are requested uncompressed, and limited in any case: 400 kB of gzip can hold 400 MB.
- Only the beginning of an error is read: LiteLLM quotes all of it, and searches the quote for secrets.
- Keys that a provider quotes are removed before the response reaches a client, a log or a database.
- A 422 of a chat completion reaches LiteLLM as a 400: after a 422, LiteLLM sends the request again without the fields
  that the error names, and after a second one it takes None for the answer, which clients get as "null" with 200.
- Error events get the form that LiteLLM reads (``error_events``).
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import httpx  # noqa: TID253 -- LiteLLM's, in the proxy only
from multidict import CIMultiDict, CIMultiDictProxy

from custom_providers.engine.errors.failure import NOT_FOLLOWED
from custom_providers.engine.errors.statuses import UPSTREAM_STATUS
from custom_providers.keys.censor import CENSOR, CensoredStream
from custom_providers.keys.censored_events import CensoredLines
from custom_providers.litellm_patches.streams.error_events import readable

MOST_ANSWER = 128 * 1024**2
"""The most bytes of a response; four 4K images as base64 take 60 MB."""
MOST_ERROR = 16 * 1024
"""The most bytes of an error body."""
ROOM: ContextVar[int] = ContextVar("pointsman_room", default=MOST_ANSWER)
"""The most bytes of the response to the current request."""

_REFUSED, _UNPROCESSABLE = 400, 422
_PIECE = 1024**2
_ANY_ZLIB = 47
"""zlib's constant for detecting gzip or deflate automatically."""
_KEY_HEADERS = ("authorization", "x-api-key", "api-key", "x-goog-api-key")
_NOT_KEPT = frozenset({"content-encoding", "content-length", "transfer-encoding", UPSTREAM_STATUS})
"""Headers of the encoding, which is undone here, and the one that only this module may set."""


class TooLargeError(httpx.ReadError):
    """A response exceeds its maximum size."""


def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the httpx method through which every request passes; httpx has no setting for this."""

    @functools.wraps(original)
    async def send(self: httpx.AsyncClient, request: httpx.Request, *, stream: bool = False, **options: Any) -> Any:
        if stays := _stays(request):
            options["follow_redirects"] = False
        request.headers["Accept-Encoding"] = "identity"
        response = await original(self, request, stream=True, **options)
        if stays and response.has_redirect_location:
            await response.aclose()
            return _refusal(response)
        answer = _guarded(response)
        if not stream:
            try:
                await answer.aread()
            finally:
                await response.aclose()
            answer.elapsed = response.elapsed
        return answer

    return send


def guarded_outside_the_loop(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the synchronous method, which LiteLLM rarely uses: restricts only redirects."""

    @functools.wraps(original)
    def send(self: httpx.Client, request: httpx.Request, **options: Any) -> Any:
        if not _stays(request):
            return original(self, request, **options)
        response = original(self, request, **{**options, "follow_redirects": False})
        return _refusal(response) if response.has_redirect_location else response

    return send


def with_ascii_headers(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap LiteLLM's request over aiohttp, which accepts UTF-8 headers; httpx accepts only ASCII.

    One such header turned a successful response into a failure, which was retried, and billed, three more times.
    """

    @functools.wraps(original)
    async def request(self: Any, *arguments: Any, **options: Any) -> Any:
        response = await original(self, *arguments, **options)
        headers = response.headers
        if not all(value.isascii() for value in headers.values()):
            clean = [(name, value.encode("ascii", "replace").decode()) for name, value in headers.items()]
            response._headers = CIMultiDictProxy(CIMultiDict(clean))  # noqa: SLF001 -- aiohttp has no setter
            response._cache.pop("headers", None)  # noqa: SLF001 -- as above
        return response

    return request


def _stays(request: httpx.Request) -> bool:
    """Whether a redirect would send a key or a body along."""
    return (
        request.method != "GET" or any(name in request.headers for name in _KEY_HEADERS) or "key=" in str(request.url)
    )


def _refusal(response: httpx.Response) -> httpx.Response:
    message = NOT_FOLLOWED.format(status=response.status_code)
    error = {"error": {"message": message, "type": "redirect", "code": "redirect"}}
    return httpx.Response(502, json=error, request=response.request)


def _guarded(response: httpx.Response) -> httpx.Response:
    """The same response, with a body that is decoded, limited and censored while it is read."""
    headers = [
        (name, CENSOR.clean(value))
        for name, value in response.headers.raw
        if name.decode("latin-1").lower() not in _NOT_KEPT
    ]
    status = response.status_code
    if status == _UNPROCESSABLE and response.request.url.path.endswith("/chat/completions"):
        status = _REFUSED
        headers.append((UPSTREAM_STATUS.encode(), b"%d" % response.status_code))
    return httpx.Response(
        status,
        headers=headers,
        stream=_Guarded(response),
        request=response.request,
        extensions=response.extensions,
        history=response.history,
        default_encoding=response.default_encoding,
    )


class _Guarded(httpx.AsyncByteStream):
    """A response body: decoded, without keys, and limited in size."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._encoding = response.headers.get("content-encoding", "").strip().lower()
        is_events = response.headers.get("content-type", "").strip().lower().startswith("text/event-stream")
        self._censored = CensoredLines(CENSOR) if is_events else CensoredStream(CENSOR)
        self._readable = readable if is_events else bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        cut = self._response.status_code >= 400
        room = most = MOST_ERROR if cut else ROOM.get()
        async for piece in self._decoded():
            if len(piece) > room:
                if not cut:
                    raise TooLargeError(f"the answer has more than {most // 1024**2} MB")
                yield self._readable(self._censored.feed(piece[:room]))
                break
            room -= len(piece)
            yield self._readable(self._censored.feed(piece))
        if rest := self._censored.end():
            yield self._readable(rest)

    async def _decoded(self) -> AsyncIterator[bytes]:
        if self._encoding in {"", "identity"}:
            async for piece in self._response.aiter_raw():
                yield piece
            return
        if self._encoding not in {"gzip", "x-gzip", "deflate"}:
            raise httpx.DecodingError("the answer is compressed, although compression was not requested")
        inflating = zlib.decompressobj(_ANY_ZLIB)
        async for packed in self._response.aiter_raw():
            for piece in _inflated(inflating, packed):
                yield piece

    async def aclose(self) -> None:
        await self._response.aclose()


def _inflated(inflating: Any, packed: bytes) -> Iterator[bytes]:
    """The decompressed content of ``packed``, a megabyte at a time."""
    try:
        while packed:
            yield inflating.decompress(packed, _PIECE)
            packed = inflating.unconsumed_tail
    except zlib.error:
        raise httpx.DecodingError("the answer is not compressed as its header says") from None
