"""The load generator: raw HTTP/1.1 over keep-alive connections, far cheaper than anything it measures."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any

from bench.protocols import Ask
from bench.wires import WORD

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LAST_CHUNK = b"0\r\n\r\n"


class LoadError(RuntimeError):
    """The target's answer is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; all times are seconds."""

    began: float
    """When the request was sent, by ``time.perf_counter``."""
    total: float
    """Until the last byte; infinite if the measurement ended first."""
    words: tuple[float, ...]
    """From the request to each read that contained words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Durations of a steady-stream measurement, in seconds."""

    ramp: float
    """Time over which the clients' first requests are spread."""
    window: float
    """The measurement window after that; streams that begin or end in it count."""
    limit: float
    """The longest wait for one stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """Streams in a time window with a constant number of clients."""

    answers: tuple[Answer, ...]
    """The streams that were active in the window."""
    gaps: tuple[float, ...]
    """Gaps between reads that contained words, in the window."""
    words: int
    """Words received in the window, over all streams."""
    cpu: float
    """Seconds of ``sample`` from the window's start to its end."""


async def run(wanted: Ask, *, concurrency: int, requests: int) -> tuple[float, list[Answer]]:
    """Sends ``requests`` identical requests, ``concurrency`` at a time; returns the elapsed time and the answers.

    Raises:
        LoadError: an answer is not a 200, is truncated, or is an error inside a stream.
        OSError: nothing listens there.
    """
    left = iter(range(requests))
    clients = await _connect(wanted, concurrency, lambda: next(left, None) is not None)
    began = time.perf_counter()
    for client in clients:
        client.begin()
    try:
        await asyncio.gather(*(client.done for client in clients))
    finally:
        _close(clients)
    return time.perf_counter() - began, [answer for client in clients for answer in client.answers]


async def steady(wanted: Ask, clients: int, pace: Pace, sample: Callable[[], float]) -> Steady:
    """Keeps ``clients`` streaming and measures them for a while.

    No client stops before the last stream that counts has ended or exceeded ``pace.limit``, so the load stays constant.

    Raises:
        LoadError, OSError: as ``run`` does.
    """
    loop = asyncio.get_running_loop()
    connected = await _connect(wanted, clients, lambda: True)
    try:
        for number, client in enumerate(connected):
            loop.call_later(pace.ramp * number / clients, client.begin)
        await _unless_failed(connected, pace.ramp)
        opened, words, before = time.perf_counter(), sum(client.words for client in connected), sample()
        await _unless_failed(connected, pace.window)
        closed, cpu = time.perf_counter(), sample() - before
        words = sum(client.words for client in connected) - words
        while time.perf_counter() < closed + pace.limit and any(client.began < closed for client in connected):
            await _unless_failed(connected, 0.02)
        answers = [answer for client in connected for answer in (*client.answers, client.unfinished())]
    finally:
        _close(connected)
    return Steady(
        answers=tuple(answer for answer in answers if answer.began + answer.total > opened and answer.began < closed),
        gaps=tuple(
            after - before
            for answer in answers
            for before, after in pairwise(answer.words)
            if opened < answer.began + after < closed
        ),
        words=words,
        cpu=cpu,
    )


async def _connect(wanted: Ask, count: int, more: Callable[[], bool]) -> list[_Client]:
    loop = asyncio.get_running_loop()
    made = [loop.create_connection(lambda: _Client(wanted, more), wanted.host, wanted.port) for _ in range(count)]
    return [client for _, client in await asyncio.gather(*made)]


def _close(clients: Sequence[_Client]) -> None:
    for client in clients:
        client.close()


async def _unless_failed(clients: Sequence[_Client], seconds: float) -> None:
    """Sleeps.

    Raises:
        LoadError: a client met one, the first of them.
    """
    await asyncio.wait([client.done for client in clients], timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for client in clients:
        if client.done.done():
            client.done.result()


class _Client(asyncio.Protocol):
    """One connection: sends the next request when the last answer is complete, as long as ``more`` returns true."""

    def __init__(self, wanted: Ask, more: Callable[[], bool]) -> None:
        self.answers: list[Answer] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.words = 0
        self.began = 0.0
        self._wanted = wanted
        self._more = more
        self._transport: asyncio.Transport  # uvloop's is not derived from it
        self._tail = b""
        self._reset()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def begin(self) -> None:
        """Sends the next request unless the run is over."""
        if self.done.done():
            return
        if not self._more():
            self.done.set_result(None)
            return
        self._reset()
        self.began = time.perf_counter()
        self._transport.write(self._wanted.wire)

    def unfinished(self) -> Answer:
        """The answer in progress."""
        return Answer(began=self.began, total=inf, words=tuple(self._reads))

    def data_received(self, data: bytes) -> None:
        """Reads the head, then counts a body of known length or waits for the last chunk."""
        if not self._opened:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self._open(head, data)
        if self._missing is not None:
            self._missing -= len(data)
        if b'data: {"error"' in data or b"event: error" in data:
            self._fail(data)
        if self.done.done():
            return
        self._count(data)
        self._tail = (self._tail + data)[-len(_LAST_CHUNK) :]
        if self._missing == 0 or (self._missing is None and self._tail == _LAST_CHUNK):
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(str(exc or "the connection was closed").encode())

    def close(self) -> None:
        """Ends the connection."""
        if not self.done.done():
            self.done.cancel()
        self._transport.abort()

    def _reset(self) -> None:
        self._head, self._opened, self._tail = b"", False, b""
        self._missing: int | None = None
        self._reads: list[float] = []
        self._found = 0

    def _open(self, head: bytes, data: bytes) -> None:
        self._opened = True
        length = _LENGTH.search(head)
        self._missing = int(length[1]) if length else None
        if not head.startswith(b"HTTP/1.1 200 "):
            self._fail(head.partition(b"\r\n")[0] + b" " + data)

    def _count(self, data: bytes) -> None:
        # A word may begin in one read and end in the next; the tail is too short to contain a whole one. The Responses
        # API repeats the whole text at the end, which must not count.
        found = (self._tail[1 - len(WORD) :] + data).count(WORD)
        if new := min(found, self._wanted.prompt.words - self._found):
            self.words += new
            self._found += new
            self._reads.append(time.perf_counter() - self.began)

    def _end(self) -> None:
        if self._found < self._wanted.prompt.words:
            self._fail(b"%d words of %d" % (self._found, self._wanted.prompt.words))
            return
        self.answers.append(Answer(began=self.began, total=time.perf_counter() - self.began, words=tuple(self._reads)))
        self.begin()

    def _fail(self, said: bytes) -> None:
        if not self.done.done():
            self.done.set_exception(LoadError(said.decode("latin-1")[:500]))
        self._transport.abort()
