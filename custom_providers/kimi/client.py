"""One call to Kimi: it is sent, repeated while that helps, and its answer is read, whole or as a stream."""

from __future__ import annotations

import asyncio
import typing
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import orjson
from aiohttp import ClientError, ClientResponse

from custom_providers.kimi import timing
from custom_providers.kimi.account.identity import Protocol
from custom_providers.kimi.errors import classify
from custom_providers.kimi.errors.failure import Call, Failure, FailureKind, KimiError, Reply, failure
from custom_providers.kimi.json_parts import UnreadableError, document
from custom_providers.kimi.response import answer
from custom_providers.kimi.response.answer import Answer, RefusedError
from custom_providers.kimi.response.chat_stream import ChatReader, Delta, Reader, merged
from custom_providers.kimi.response.messages_stream import MessagesReader
from custom_providers.kimi.response.sse import DONE, Lines
from custom_providers.kimi.response.usage import Usage
from custom_providers.kimi.transport import Post, Sessions, answered

_LAST_BYTES = 0.25
"""Seconds to wait for the end of a body whose content is complete, so that its connection can be used again."""

_READERS: dict[Protocol, Callable[[Mapping[str, str]], Reader]] = {"openai": ChatReader, "anthropic": MessagesReader}
_ANSWERS: dict[Protocol, Callable[[Mapping[str, Any], Mapping[str, str]], Answer]] = {
    "openai": answer.from_chat,
    "anthropic": answer.from_messages,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A call, ready to be sent."""

    post: Post
    protocol: Protocol
    retries: int
    """How often to repeat what may succeed when repeated, if the failure's own number is not lower."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Function names on the wire and the caller's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Comes once, before the first delta of a stream."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a stream ended."""

    finish: str
    usage: Usage | None
    spent_on_reasoning: bool


Item = Opening | Delta | Ending


class Watch(typing.Protocol):
    """Is told what happens to a call on its way."""

    def traced(self, trace_id: str) -> None:
        """Kimi named the exchange, for its support."""

    def repeated(self, failure: Failure) -> None:
        """The call failed so, and is made again."""


async def complete(sessions: Sessions, order: Order, watch: Watch) -> Answer:
    """Make a call and return its whole answer.

    Raises:
        KimiError: it failed for good.
    """
    attempt = 0
    while True:
        attempt += 1
        started = monotonic()
        try:
            return await _complete_once(sessions, order, watch)
        except KimiError as error:
            await _pause_or_raise(error, order, attempt, started, watch)


async def stream(sessions: Sessions, order: Order, watch: Watch) -> AsyncGenerator[Item, None]:
    """Make a call and give its ``Opening``, its deltas as they come, and its ``Ending``.

    Raises:
        KimiError: it failed for good; after the first delta nothing is repeated.
    """
    attempt = 0
    while True:
        attempt += 1
        started = monotonic()
        begun = False
        try:
            async with aclosing(_stream_once(sessions, order, watch)) as items:
                async for item in items:
                    begun = True
                    yield item
        except KimiError as error:
            if begun:
                raise
            await _pause_or_raise(error, order, attempt, started, watch)
        else:
            return


async def _pause_or_raise(error: KimiError, order: Order, attempt: int, started: float, watch: Watch) -> None:
    worth = attempt <= min(error.failure.retries, order.retries) and monotonic() - started < timing.PATIENCE
    seconds = timing.pause(attempt, error.failure.retry_after) if worth else None
    if seconds is None:
        raise error
    watch.repeated(error.failure)
    await asyncio.sleep(seconds)


async def _complete_once(sessions: Sessions, order: Order, watch: Watch) -> Answer:
    call = order.post.call
    async with answered(sessions, order.post) as response:
        watch.traced(classify.trace_id(response.headers))
        body = await response.read()
    with _reading(body, call):
        return _ANSWERS[order.protocol](document(orjson.loads(body)), order.renamed)


async def _stream_once(sessions: Sessions, order: Order, watch: Watch) -> AsyncGenerator[Item, None]:
    call = order.post.call
    reader = _READERS[order.protocol](order.renamed)
    lines = Lines()
    opened = False
    async with answered(sessions, order.post) as response:
        watch.traced(classify.trace_id(response.headers))
        async with aclosing(_reads(response, lines, reader)) as reads:
            async for payloads in reads:
                deltas, error = _feed(reader, payloads, call)
                if deltas and not opened:
                    opened = True
                    yield Opening(id=reader.id)
                for delta in merged(deltas):
                    yield delta
                if error is not None:
                    raise error
        if reader.finish is None:
            raise KimiError(_unfinished(lines.stray, call))
        with _reading(b"", call):
            rest = reader.rest()
        for delta in rest:
            yield delta
        spent = reader.spent_on_reasoning
        yield Ending(finish=reader.finish, usage=reader.usage, spent_on_reasoning=spent)


async def _reads(response: ClientResponse, lines: Lines, reader: Reader) -> AsyncGenerator[list[bytes], None]:
    """Give the payloads of each read until the stream says it is over, or ends."""
    try:
        async for data in response.content.iter_any():
            payloads = lines.feed(data)
            done = DONE in payloads
            if payloads:
                yield payloads[: payloads.index(DONE)] if done else payloads
            if done or reader.over:
                await _drain(response)
                return
    except (ClientError, TimeoutError):
        if reader.finish is None:
            raise
    yield [payload for payload in lines.close() if payload != DONE]


async def _drain(response: ClientResponse) -> None:
    """Read the end of the body, or the connection is thrown away; a server that leaves it open is not waited for."""
    with suppress(TimeoutError, ClientError):
        async with asyncio.timeout(_LAST_BYTES):
            await response.content.read()


def _feed(reader: Reader, payloads: list[bytes], call: Call) -> tuple[list[Delta], KimiError | None]:
    """The deltas of one read, and the error that ends the stream after them, if one does."""
    deltas: list[Delta] = []
    try:
        for payload in payloads:
            with _reading(payload, call):
                deltas += reader.feed(document(orjson.loads(payload)))
    except KimiError as error:
        return deltas, error
    return deltas, None


@contextmanager
def _reading(said: bytes, call: Call) -> Iterator[None]:
    """Make a failed call of what cannot be read in ``said``, or is an error there."""
    try:
        yield
    except RefusedError as error:
        raise KimiError(classify.classify_in_band(error.error, call)) from error
    except (orjson.JSONDecodeError, RecursionError, UnreadableError) as error:
        raise KimiError(_unreadable(said, call)) from error


def _unfinished(stray: bytes, call: Call) -> Failure:
    """What a stream is that ended without saying how: an error that is no event, a page, or a cut."""
    if not stray.strip():
        return failure(FailureKind.CUT, call, Reply(text="the stream ended without a finish_reason"))
    try:
        body = orjson.loads(stray)
    except orjson.JSONDecodeError:
        return _unreadable(stray, call)
    return classify.classify_in_band(body.get("error", body) if isinstance(body, dict) else body, call)


def _unreadable(body: bytes, call: Call) -> Failure:
    return failure(FailureKind.MALFORMED, call, Reply(text=f"it begins: {classify.quoted(body)[0][:200]}"))
