"""Questions to providers about keys, quotas and models: all at once, safely, each with a bound on its time."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

SECONDS = 10
"""For one provider's whole answer."""

_MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request; its headers hold the key, so its representation leaves them out."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = None
    """The body, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back; ``status`` is None when nothing did, and ``trouble`` then says why."""

    status: int | None
    json: Any = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""


def ask_all(questions: Mapping[str, Question], told: Callable[[str, Reply], None] | None = None) -> dict[str, Reply]:
    """Asks everything at once and returns the replies by name; ``told`` hears of each as it comes.

    No redirect is followed, and nothing is sent over plain http but to a loopback address: the headers hold keys.
    """
    return asyncio.run(_ask_all(questions, told))


async def _ask_all(questions: Mapping[str, Question], told: Callable[[str, Reply], None] | None) -> dict[str, Reply]:
    import httpx

    async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False) as client:

        async def ask(name: str, question: Question) -> tuple[str, Reply]:
            reply = await _reply(client, question)
            if told is not None:
                told(name, reply)
            return name, reply

        return dict(await asyncio.gather(*(ask(name, question) for name, question in questions.items())))


async def _reply(client: httpx.AsyncClient, question: Question) -> Reply:
    import httpx

    if not may_carry_a_key(question.url):
        return Reply(status=None, trouble="not asked: plain http would show the key to everybody on the way")
    try:
        async with asyncio.timeout(SECONDS):
            response = await _bounded(client, question)
    except TimeoutError:
        return Reply(status=None, trouble=f"no answer within {SECONDS} s")
    except httpx.HTTPError as error:
        return Reply(status=None, trouble=_said(error))
    try:
        parsed = response.json()
    except ValueError:
        parsed = None
    return Reply(status=response.status_code, json=parsed, text=response.text[:2000], headers=response.headers)


async def _bounded(client: httpx.AsyncClient, question: Question) -> httpx.Response:
    import httpx

    request = client.build_request(question.method, question.url, headers=dict(question.headers), json=question.json)
    response = await client.send(request, stream=True)
    try:
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise httpx.DecodingError("an answer of more than 8 MB")
        return httpx.Response(response.status_code, headers=_plain(response.headers), content=body)
    finally:
        await response.aclose()


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """The headers less those that described the body on the wire, which is decoded by now."""
    return {name: value for name, value in headers.items() if name not in {"content-encoding", "content-length"}}


def may_carry_a_key(url: str) -> bool:
    """Whether a key may go to ``url``: by https, or by http to this machine itself."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _said(error: Exception) -> str:
    """Why there was no answer, without a URL, which may hold more than it should."""
    reason = str(error.__cause__ or error) or type(error).__name__
    return f"{type(error).__name__}: {reason.splitlines()[0][:200]}"
