"""One call to a provider: sends it, retries it where useful, and reads the answer, whole or as a stream."""

from __future__ import annotations

import asyncio
import re
import typing
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import orjson
from aiohttp import ClientError, ClientResponse

from custom_providers.engine.answers.answer import Answer, ErrorUnder200Error
from custom_providers.engine.answers.checked_parts import UnreadableError, document
from custom_providers.engine.answers.usage import Usage
from custom_providers.engine.connection import timing
from custom_providers.engine.connection.sse import DONE, EndlessLineError, Lines
from custom_providers.engine.connection.transport import Post, Sessions, answered, headers_of, whole
from custom_providers.engine.errors.error_answer import quoted
from custom_providers.engine.errors.failure import Failure, FailureKind, Judge, UpstreamError
from custom_providers.engine.wires.chat import Delta, Reader, merged
from custom_providers.keys.censor import CENSOR
from custom_providers.keys.censored_events import CensoredEvents

_LAST_BYTES = 0.25
"""Seconds to wait for the end of a body whose content is complete, so that the connection can be reused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """How to read the answers of one API."""

    name: str
    reader: Callable[[Mapping[str, str]], Reader]
    """Creates a stream reader, given the map from wire function names to the caller's."""
    answer: Callable[[Mapping[str, Any], Mapping[str, str]], Answer]
    """Reads a whole answer, given the same map."""
    bare: bool = False
    """Whether its streams are plain JSON lines instead of server-sent events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A call that is ready to be sent."""

    post: Post
    wire: Wire
    retries: int
    """The most retries, unless the failure allows fewer."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """From function names on the wire to the caller's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a stream ended."""

    finish: str
    usage: Usage | None
    spent_on_reasoning: bool
    stop: str | None = None
    """The stop sequence that ended the stream, if the provider names it."""


@dataclass(slots=True, kw_only=True)
class Batch:
    """The content of one read from a stream."""

    id: str
    """The provider's id of the answer."""
    deltas: list[Delta]
    events: list[Mapping[str, Any]]
    """The same content as the provider's own events, for clients that speak the provider's protocol."""
    usage: Usage | None = None
    """The usage reported so far."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """Metadata on how the answer is generated, as far as it is known."""
    ending: Ending | None = None


class Watch(typing.Protocol):
    """Records what happens during a call."""

    def answered(self, headers: Mapping[str, str], trace_id: str) -> None:
        """Note the response headers and the provider's trace id."""

    def repeated(self, failure: Failure) -> None:
        """Note a failure after which the call is retried."""


async def complete(sessions: Sessions, order: Order, watch: Watch) -> Answer:
    """Make a call and return its whole answer.

    Raises:
        UpstreamError: the last attempt failed.
    """
    attempt = 0
    while True:
        attempt += 1
        started = monotonic()
        try:
            return await _complete_once(sessions, order, watch)
        except UpstreamError as error:
            await _pause_or_raise(error, order, attempt, started, watch)


async def stream(sessions: Sessions, order: Order, watch: Watch) -> AsyncGenerator[Batch, None]:
    """Make a call and yield its batches as they arrive; the last one has the ending.

    Raises:
        UpstreamError: the last attempt failed; there is no retry after the first delta.
    """
    attempt = 0
    while True:
        attempt += 1
        started = monotonic()
        begun = False
        held: list[Mapping[str, Any]] = []
        try:
            async with aclosing(_stream_once(sessions, order, watch)) as batches:
                async for batch in batches:
                    if not begun and not batch.deltas and batch.ending is None:
                        # Held back: if the attempt fails now, it is retried, and these events arrive again.
                        held += batch.events
                        continue
                    begun, batch.events, held = True, held + batch.events, []
                    yield batch
        except UpstreamError as error:
            if begun:
                raise
            await _pause_or_raise(error, order, attempt, started, watch)
        else:
            return


async def _pause_or_raise(error: UpstreamError, order: Order, attempt: int, started: float, watch: Watch) -> None:
    worth = attempt <= min(error.failure.retries, order.retries) and monotonic() - started < timing.PATIENCE
    seconds = timing.pause(attempt, error.failure.retry_after) if worth else None
    if seconds is None:
        raise error
    watch.repeated(error.failure)
    await asyncio.sleep(seconds)


async def _complete_once(sessions: Sessions, order: Order, watch: Watch) -> Answer:
    judge = order.post.judge
    async with answered(sessions, order.post) as response:
        headers = headers_of(response)
        watch.answered(headers, judge.trace_id(headers))
        body = await whole(response, judge)
    with _reading(body, judge):
        return order.wire.answer(document(_parsed(body)), order.renamed)


async def _stream_once(sessions: Sessions, order: Order, watch: Watch) -> AsyncGenerator[Batch, None]:
    judge = order.post.judge
    reader = order.wire.reader(order.renamed)
    lines = Lines(bare=order.wire.bare)
    async with answered(sessions, order.post) as response:
        headers = headers_of(response)
        watch.answered(headers, judge.trace_id(headers))
        async with aclosing(_reads(response, lines, reader, judge)) as reads:
            async for payloads in reads:
                batch, error = _feed(reader, payloads, judge)
                if batch.events:
                    yield batch
                if error is not None:
                    raise error
        if reader.finish is None:
            yield _whole_instead(CENSOR.clean(lines.stray), order)
            return
        with _reading(b"", judge):
            rest = reader.rest()
        spent = reader.spent_on_reasoning
        ending = Ending(finish=reader.finish, usage=reader.usage, spent_on_reasoning=spent, stop=reader.stop)
        yield Batch(id=reader.id, deltas=rest, events=[], usage=reader.usage, about=reader.about, ending=ending)


async def _reads(
    response: ClientResponse, lines: Lines, reader: Reader, judge: Judge
) -> AsyncGenerator[list[bytes], None]:
    """Yield the payloads of each read, without keys, until the stream signals its end or stops."""
    censored = CensoredEvents(CENSOR)
    try:
        async for data in response.content.iter_any():
            payloads = [CENSOR.clean(payload) for payload in lines.feed(data)]
            done = DONE in payloads
            ready = censored.feed(payloads[: payloads.index(DONE)] if done else payloads)
            if done:
                ready += censored.end()
            if ready:
                yield ready
            if done:
                reader.done()
            if done or reader.over:
                await _drain(response)
                return
    except EndlessLineError:
        raise UpstreamError(judge.seen(FailureKind.MALFORMED, "one of its lines does not end")) from None
    except (ClientError, TimeoutError):
        if reader.finish is None:
            raise
    last = [CENSOR.clean(payload) for payload in lines.close()]
    yield [*censored.feed([payload for payload in last if payload != DONE]), *censored.end()]
    if DONE in last:
        reader.done()


async def _drain(response: ClientResponse) -> None:
    """Read the end of the body so that the connection can be reused; does not wait for long if it stays open."""
    with suppress(TimeoutError, ClientError):
        async with asyncio.timeout(_LAST_BYTES):
            await response.content.read(_MOST_LEFT)


_MOST_LEFT = 64 * 1024
"""The most bytes to read after the end of an answer."""


def _feed(reader: Reader, payloads: list[bytes], judge: Judge) -> tuple[Batch, UpstreamError | None]:
    """The batch of one read, and the error, if any, that ends the stream after it."""
    deltas: list[Delta] = []
    events: list[Mapping[str, Any]] = []
    failed = None
    try:
        for payload in payloads:
            with _reading(payload, judge):
                event = document(_parsed(payload))
                deltas += reader.feed(event)
                events.append(event)
    except UpstreamError as error:
        failed = error
    about = dict(reader.about)
    return Batch(id=reader.id, deltas=merged(deltas), events=events, usage=reader.usage, about=about), failed


_HALF = re.compile(
    r"\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F][\da-fA-F]{2}"
)
"""A surrogate without the other one of its pair."""


def _parsed(payload: bytes) -> Any:
    """Parse JSON; invalid UTF-8, and halves of characters that a server has split, are replaced."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return orjson.loads(_HALF.sub(r"\\ufffd", payload.decode("utf-8", "replace")))


@contextmanager
def _reading(said: bytes, judge: Judge) -> Iterator[None]:
    """Turn parse errors and error objects in ``said`` into an UpstreamError."""
    try:
        yield
    except ErrorUnder200Error as error:
        raise UpstreamError(judge.in_band(error.error)) from error
    except (orjson.JSONDecodeError, RecursionError, UnreadableError) as error:
        raise UpstreamError(_unreadable(said, judge)) from error


def _whole_instead(stray: bytes, order: Order) -> Batch:
    """The answer of a provider that does not stream chat completions.

    Raises:
        UpstreamError: what came instead of a stream is no answer either.
    """
    try:
        answer = order.wire.answer(_with_choices(_parsed(stray)), order.renamed)
    except (ErrorUnder200Error, orjson.JSONDecodeError, RecursionError, UnreadableError) as error:
        raise UpstreamError(_unfinished(stray, order.post.judge)) from error
    spent = answer.spent_on_reasoning
    ending = Ending(finish=answer.finish, usage=answer.usage, spent_on_reasoning=spent, stop=answer.stop)
    deltas = answer.deltas()
    return Batch(id=answer.id, deltas=deltas, events=[], usage=answer.usage, about=answer.about, ending=ending)


def _with_choices(parsed: object) -> Mapping[str, Any]:
    body = document(parsed)
    if "choices" not in body:
        raise UnreadableError("there are no choices")
    return body


def _unfinished(stray: bytes, judge: Judge) -> Failure:
    """The failure for a stream without a finish reason: a bare error, an HTML page, or a broken connection."""
    if not stray.strip():
        return judge.seen(FailureKind.CUT, "the stream ended without a finish_reason")
    try:
        body = orjson.loads(stray)
    except orjson.JSONDecodeError:
        return _unreadable(stray, judge)
    return judge.in_band(body.get("error", body) if isinstance(body, dict) else body)


def _unreadable(body: bytes, judge: Judge) -> Failure:
    start = " ".join(quoted(body)[0].split())[:200]
    return judge.seen(FailureKind.MALFORMED, f"it begins: {start}" if start else "it is empty")
