"""A simulated upstream that serves every provider API at almost no cost.

The prompt selects the answer: ``Say 100 words, one every 20 ms``. A stream pauses before each word but the first; a
whole answer comes after one pause. ``GET /asked`` names the API of the last request.
Run as ``python -m bench.upstream PORT``.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

import uvloop

from bench.wires import api_of, wire

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_WANTED = re.compile(rb"Say (\d+) words, one every (\d+) ms")
_STREAM = re.compile(rb'"stream": ?true')
_WHOLE = b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\ncontent-length: %d\r\n\r\n%b"
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\ntransfer-encoding: chunked\r\n\r\n"


@cache
def _stream(api: str, words: int) -> tuple[bytes, ...]:
    made = wire(api, words)
    first, *rest = (b"%x\r\n%b\r\n" % (len(part), part) for part in made.parts)
    return (_HEAD % made.content_type + first, *rest[:-1], rest[-1] + b"0\r\n\r\n")


@cache
def _whole(api: str, words: int) -> bytes:
    body = wire(api, words).whole
    return _WHOLE % (b"application/json", len(body), body)


class Upstream(asyncio.Protocol):
    """One connection; its requests come one after the other."""

    asked = "nothing"

    def __init__(self) -> None:
        self._read = b""
        self._transport: asyncio.WriteTransport  # uvloop's is not derived from it
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collects requests and answers each that is complete."""
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._read, 0, end)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(self._read) < size:
                return
            method, path, _ = self._read.split(b" ", 2)
            self._answer(method, path, self._read[end + 4 : size])
            self._read = self._read[size:]

    def _answer(self, method: bytes, path: bytes, body: bytes) -> None:
        if method == b"GET":
            said = Upstream.asked.encode()
            self._transport.write(_WHOLE % (b"text/plain", len(said), said))
            return
        api = Upstream.asked = api_of(path)
        found = _WANTED.search(body)
        words, pause = (int(found[1]), int(found[2]) / 1000) if found else (1, 0.0)
        if _STREAM.search(body) or b":stream" in path:
            self._send(_stream(api, words), pause, self._loop.time())
        else:
            self._send((b"", _whole(api, words)), pause, self._loop.time())

    def _send(self, parts: Sequence[bytes], pause: float, began: float, sent: int = 0) -> None:
        """Writes what is due by the clock, so that a late part does not delay the next one."""
        while sent < len(parts) and not self._transport.is_closing():
            due = began + sent * pause
            if pause and due > self._loop.time():
                self._loop.call_at(due, self._send, parts, pause, began, sent)
                return
            self._transport.write(parts[sent])
            sent += 1


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
