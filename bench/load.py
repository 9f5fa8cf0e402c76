"""The load generator: raw HTTP/1.1 on kept connections, so that it costs far less than anything it measures."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LAST_CHUNK = b"0\r\n\r\n"


class LoadError(RuntimeError):
    """A target does not answer as it must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, made into bytes once and sent many times."""

    host: str
    port: int
    wire: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a number of requests took; all times are seconds."""

    elapsed: float
    totals: tuple[float, ...]
    """From the first byte sent to the last received, of each request."""
    firsts: tuple[float, ...]
    """From the first byte sent to the first of the answer's body."""


def ask(url: str, model: str, key: str, headers: Mapping[str, str], *, stream: bool) -> Ask:
    """A chat completion by ``model``, posted to ``url``: an ``http://host:port/path``."""
    address, _, path = url.removeprefix("http://").partition("/")
    host, _, port = address.partition(":")
    fields = {"model": model, "messages": [{"role": "user", "content": "Reply PONG"}]}
    body = orjson.dumps({**fields, "stream": True, "stream_options": {"include_usage": True}} if stream else fields)
    sent = {
        "host": address,
        "authorization": f"Bearer {key}",
        "content-type": "application/json",
        "content-length": str(len(body)),
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return Ask(host=host, port=int(port), wire=f"POST /{path} HTTP/1.1\r\n{lines}\r\n".encode() + body)


async def run(wanted: Ask, *, concurrency: int, requests: int) -> Answers:
    """Sends ``requests`` of one kind, ``concurrency`` at a time, and waits for all.

    Raises:
        LoadError: an answer is no 200, is cut short, or is an error inside a stream.
        OSError: nobody listens.
    """
    loop = asyncio.get_running_loop()
    left = iter(range(requests))
    clients = [(await loop.create_connection(lambda: _Client(wanted.wire, left), wanted.host, wanted.port))[1]
               for _ in range(concurrency)]  # fmt: skip
    began = time.perf_counter()
    for client in clients:
        client.begin()
    try:
        await asyncio.gather(*(client.done for client in clients))
    finally:
        for client in clients:
            client.close()
    return Answers(
        elapsed=time.perf_counter() - began,
        totals=tuple(total for client in clients for total in client.totals),
        firsts=tuple(first for client in clients for first in client.firsts),
    )


class _Client(asyncio.Protocol):
    """One connection: sends the next request when the last one's answer is complete, until none is left."""

    def __init__(self, wire: bytes, left: Iterator[int]) -> None:
        self.totals: list[float] = []
        self.firsts: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._wire = wire
        self._left = left
        self._transport: asyncio.Transport  # uvloop's is not derived from it
        self._began = 0.0
        self._first = 0.0
        self._head = b""
        self._missing: int | None = None
        self._tail = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def begin(self) -> None:
        """Sends the next request, if one is left."""
        if next(self._left, None) is None:
            self.done.set_result(None)
            return
        self._head, self._missing, self._tail, self._first = b"", None, b"", 0.0
        self._began = time.perf_counter()
        self._transport.write(self._wire)

    def data_received(self, data: bytes) -> None:
        """Reads the head, then counts a body of known length or waits for the last chunk."""
        if not self._first:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end or not data:
                return
            self._open(head, data)
        if self._missing is not None:
            self._missing -= len(data)
        if b'data: {"error"' in data:
            self._fail(data)
        if self.done.done():
            return
        self._tail = (self._tail + data)[-len(_LAST_CHUNK) :]
        if self._missing == 0 or (self._missing is None and self._tail == _LAST_CHUNK):
            now = time.perf_counter()
            self.totals.append(now - self._began)
            self.firsts.append(self._first - self._began)
            self.begin()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._fail(str(exc or "the connection was closed").encode())

    def close(self) -> None:
        """Ends the connection."""
        self._transport.abort()

    def _open(self, head: bytes, data: bytes) -> None:
        self._first = time.perf_counter()
        length = _LENGTH.search(head)
        self._missing = int(length[1]) if length else None
        if not head.startswith(b"HTTP/1.1 200 "):
            self._fail(head.partition(b"\r\n")[0] + b" " + data)

    def _fail(self, said: bytes) -> None:
        if not self.done.done():
            self.done.set_exception(LoadError(said.decode("latin-1")[:500]))
        self._transport.abort()
