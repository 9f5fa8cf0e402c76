"""Sends requests about keys, quotas and models to providers: concurrently, safely, each with a timeout."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from custom_providers import OWN_USER_AGENT
from custom_providers.environment.listener import is_loopback
from custom_providers.environment.unusable_proxy import UnusableProxyError
from custom_providers.providers.account.account import Ask, Reply
from custom_providers.providers.profile import Auth, WireFamily
from custom_providers.providers.wire.families import FAMILIES

if TYPE_CHECKING:
    import httpx

SECONDS = 10
"""Timeout for one provider's whole answer."""

Name = TypeVar("Name")
"""Whatever the caller names its requests by."""

_MOST_BYTES = 8 * 1024 * 1024
_NO_ADDRESS = "not asked: base_url is not a valid URL"
_SECRET_HEADERS = frozenset({"authorization", "x-api-key", "x-goog-api-key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request; its headers hold the key, so its representation leaves them out."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = None
    """The body, if there is one."""

    @property
    def holds_a_key(self) -> bool:
        """Whether one of its headers is a secret."""
        return any(name.lower() in _SECRET_HEADERS for name in self.headers)


def question(ask: Ask, family: WireFamily, key: str, auth: Auth, headers: Mapping[str, str]) -> Question:
    """``ask`` as a request to a provider of ``family``, with its key, if there is one, and its own ``headers``."""
    with_key = FAMILIES[family].key_headers(key if ask.with_key else "", auth)
    sent = {"User-Agent": OWN_USER_AGENT, **with_key, **headers}
    return Question(url=ask.url, method=ask.method, json=ask.json, headers=sent)


def ask_all(
    questions: Mapping[Name, Question], heard: Callable[[Name], None] = lambda _name: None
) -> dict[Name, Reply]:
    """Sends all requests concurrently and returns the replies by name; calls ``heard`` when one arrives.

    Follows no redirect. Sends a key over https, or over http to a loopback address and then around every proxy.

    Raises:
        UnusableProxyError: the environment names a proxy that cannot be used.
    """
    return asyncio.run(_ask_all(questions, heard))


async def _ask_all(questions: Mapping[Name, Question], heard: Callable[[Name], None]) -> dict[Name, Reply]:
    asyncio.get_running_loop().set_default_executor(_Unawaited())
    async with _client(question.url for question in questions.values()) as client:

        async def ask(name: Name, question: Question) -> tuple[Name, Reply]:
            reply = await _reply(client, question)
            heard(name)
            return name, reply

        return dict(await asyncio.gather(*(ask(name, question) for name, question in questions.items())))


class _Unawaited(ThreadPoolExecutor):
    """Runs each call in a thread that does not delay the exit.

    Host names are resolved in threads. With the usual executor, a name server that is silent for half a minute delays
    the end of the loop and of the process, long after the request has timed out.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def run() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 -- the future passes it on
                future.set_exception(error)

        future.set_running_or_notify_cancel()
        threading.Thread(target=run, daemon=True).start()
        return future


def _client(urls: Iterable[str]) -> httpx.AsyncClient:
    import httpx

    # A proxy would see the key in plain http requests to this machine.
    hosts = {_host(url) for url in urls}
    direct = {f"all://[{host}]" if ":" in host else f"all://{host}": None for host in hosts if is_loopback(host)}
    try:
        return httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, mounts=direct)
    except (ImportError, ValueError, httpx.InvalidURL):
        raise UnusableProxyError from None


async def _reply(client: httpx.AsyncClient, question: Question) -> Reply:
    import httpx

    if not _is_address(question.url):
        return Reply(status=None, problem=_NO_ADDRESS)
    if question.holds_a_key and not may_carry_a_key(question.url):
        return Reply(status=None, problem="not asked: plain http would show the key to everyone on the network path")
    try:
        async with asyncio.timeout(SECONDS):
            response = await _bounded(client, question)
    except TimeoutError:
        return Reply(status=None, problem=f"no answer within {SECONDS} s")
    except (UnicodeEncodeError, httpx.LocalProtocolError):
        # httpx's message repeats the header, which may be the key.
        return Reply(status=None, problem="not asked: the key or a header has a character that cannot be sent")
    except httpx.InvalidURL:
        return Reply(status=None, problem=_NO_ADDRESS)
    except httpx.HTTPError as error:
        return Reply(status=None, problem=no_answer(error, question.url))
    try:
        parsed = response.json()
    except (ValueError, RecursionError):
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
    """The headers without those that describe the encoded body, which has been decoded."""
    return {name: value for name, value in headers.items() if name not in {"content-encoding", "content-length"}}


def may_carry_a_key(url: str) -> bool:
    """Whether a key may go to ``url``: by https, or by http to this machine itself."""
    return url.startswith("https:") or is_loopback(_host(url))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _host(url: str) -> str:
    return urlsplit(url).hostname or "" if _is_address(url) else ""


def no_answer(error: Exception, url: str) -> str:
    """Why there was no answer, with only the host and port of ``url``, as the rest may contain secrets."""
    root: BaseException = error
    while (cause := root.__cause__ or root.__context__) is not None:
        root = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause
    if isinstance(root, ConnectionRefusedError):
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
        return f"no connection to {parts.hostname}{port}: connection refused; is it running?"
    if isinstance(root, socket.gaierror):
        return f"no connection to {urlsplit(url).hostname}: {root.strerror}"
    reason = str(root) or str(error) or type(root).__name__
    # "certificate is not yet valid", "certificate has expired": typical for a machine with a wrong clock.
    clock = "; is this machine's clock right?" if "not yet valid" in reason or "has expired" in reason else ""
    return f"{type(error).__name__}: {reason.splitlines()[0][:200]}{clock}"
