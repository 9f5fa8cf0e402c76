"""What comes back through the HTTP clients of LiteLLM and of the OpenAI SDK, which are httpx's.

- A redirect is followed by no request that has a key or a body: both would go along, to wherever the answer says.
- Answers are asked for uncompressed and are bounded all the same: 400 kB of gzip hold 400 MB.
- Of an error only the beginning is read: LiteLLM quotes all of it, and looks for secrets in what it quotes.
- Keys that a provider quotes are taken out, before a client, a log or a database gets them.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import httpx  # noqa: TID253 -- LiteLLM's, in the proxy only
from multidict import CIMultiDict, CIMultiDictProxy

from custom_providers.keys.censor import CENSOR, CensoredStream

MOST_ANSWER = 128 * 1024**2
"""Bytes of an answer; four images of 4K as base64 have 60 MB."""
MOST_ERROR = 16 * 1024
"""Bytes of an error's body."""
ROOM: ContextVar[int] = ContextVar("pointsman_room", default=MOST_ANSWER)
"""Bytes that the answer to a request of the running code may have."""

_PIECE = 1024**2
_ANY_ZLIB = 47
"""zlib's word for gzip or deflate, whichever it is."""
_KEY_HEADERS = ("authorization", "x-api-key", "api-key", "x-goog-api-key")
_OF_THE_ENCODING = ("content-encoding", "content-length", "transfer-encoding")
_NOT_FOLLOWED = (
    "the provider answers with a redirect (HTTP {status}), which is not followed because the key would be sent along:"
    " correct base_url in the registry"
)


class TooLargeError(httpx.ReadError):
    """An answer has more bytes than there is room for."""


def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    """The method of httpx's that every request goes through; httpx has no setting for it."""

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
    """The same for the little that LiteLLM does there: redirects only."""

    @functools.wraps(original)
    def send(self: httpx.Client, request: httpx.Request, **options: Any) -> Any:
        if not _stays(request):
            return original(self, request, **options)
        response = original(self, request, **{**options, "follow_redirects": False})
        return _refusal(response) if response.has_redirect_location else response

    return send


def with_ascii_headers(original: Callable[..., Any]) -> Callable[..., Any]:
    """LiteLLM's request over aiohttp, which reads headers as UTF-8; httpx takes none beyond ASCII.

    One such header made a good answer a failure, which was asked for, and billed, three times more.
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
    """Whether a redirect would take something along."""
    return (
        request.method != "GET" or any(name in request.headers for name in _KEY_HEADERS) or "key=" in str(request.url)
    )


def _refusal(response: httpx.Response) -> httpx.Response:
    message = _NOT_FOLLOWED.format(status=response.status_code)
    error = {"error": {"message": message, "type": "redirect", "code": "redirect"}}
    return httpx.Response(502, json=error, request=response.request)


def _guarded(response: httpx.Response) -> httpx.Response:
    """The same answer, whose body is decoded and watched while it is read."""
    headers = [
        (name, CENSOR.clean(value))
        for name, value in response.headers.raw
        if name.decode("latin-1").lower() not in _OF_THE_ENCODING
    ]
    return httpx.Response(
        response.status_code,
        headers=headers,
        stream=_Guarded(response),
        request=response.request,
        extensions=response.extensions,
        history=response.history,
        default_encoding=response.default_encoding,
    )


class _Guarded(httpx.AsyncByteStream):
    """An answer's body: decoded, without keys, and no longer than it may be."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._encoding = response.headers.get("content-encoding", "").strip().lower()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        cut = self._response.status_code >= 400
        room = most = MOST_ERROR if cut else ROOM.get()
        censored = CensoredStream(CENSOR)
        async for piece in self._decoded():
            if len(piece) > room:
                if not cut:
                    raise TooLargeError(f"the answer has more than {most // 1024**2} MB")
                yield censored.feed(piece[:room])
                break
            room -= len(piece)
            yield censored.feed(piece)
        if rest := censored.end():
            yield rest

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
    """What ``packed`` holds, a megabyte at a time."""
    try:
        while packed:
            yield inflating.decompress(packed, _PIECE)
            packed = inflating.unconsumed_tail
    except zlib.error:
        raise httpx.DecodingError("the answer is not compressed as its header says") from None
