"""An OpenAI-compatible upstream that costs next to nothing, so that what is measured stands in front of it.

Answers any POST at once, from bytes that were made before. A model ``.../chunks-50`` streams that many chunks, each
written on its own; ``.../paced-50`` leaves 2 ms between them, as a quick model does.
Run as ``python -m bench.upstream PORT``.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from typing import Any

import orjson
import uvloop

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_MODEL = re.compile(rb'"model": ?"(?:[^"]*/)?([^"/]*)"')
_STREAM = re.compile(rb'"stream": ?true')
_CHUNKS = re.compile(rb"(chunks|paced)-(\d+)$")
_PACE = 0.002
_USAGE = {"prompt_tokens": 12, "completion_tokens": 50, "total_tokens": 62}


def _chunk(delta: dict[str, str], finish: str | None = None, **rest: object) -> bytes:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    event = {"id": "bench", "object": "chat.completion.chunk", "created": 1, "model": "bench", "choices": choices}
    payload = b"data: " + orjson.dumps({**event, **rest}) + b"\n\n"
    return b"%x\r\n%b\r\n" % (len(payload), payload)


def _stream(count: int) -> tuple[bytes, ...]:
    """An answer of ``count`` chunks with text, all different: LiteLLM aborts a stream that repeats itself."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    words = tuple(_chunk({"role": "assistant", "content": f"word {number} "}) for number in range(count))
    done = b"data: [DONE]\n\n"
    return (head, *words, _chunk({}, "stop"), _chunk({}, usage=_USAGE), b"%x\r\n%b\r\n0\r\n\r\n" % (len(done), done))


def _whole() -> bytes:
    choices = [{"index": 0, "message": {"role": "assistant", "content": "PONG"}, "finish_reason": "stop"}]
    answer = {"id": "bench", "object": "chat.completion", "created": 1, "model": "bench", "choices": choices}
    body = orjson.dumps({**answer, "usage": _USAGE})
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


class Upstream(asyncio.Protocol):
    """One connection; requests come one after the other on it."""

    answer = _whole()
    streams: dict[int, tuple[bytes, ...]] = {}  # noqa: RUF012 -- one for the process

    def __init__(self) -> None:
        self._read = b""
        self._transport: asyncio.WriteTransport  # uvloop's is not derived from it

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
            self._answer(self._read[end + 4 : size])
            self._read = self._read[size:]

    def _answer(self, body: bytes) -> None:
        if not _STREAM.search(body):
            self._transport.write(self.answer)
            return
        model = _MODEL.search(body)
        asked = _CHUNKS.search(model[1]) if model else None
        count = int(asked[2]) if asked else 1
        if count not in self.streams:
            self.streams[count] = _stream(count)
        if asked and asked[1] == b"paced":
            self._write_paced(iter(self.streams[count]))
            return
        for part in self.streams[count]:
            self._transport.write(part)

    def _write_paced(self, parts: Iterator[bytes]) -> None:
        if (part := next(parts, None)) is not None:
            self._transport.write(part)
            asyncio.get_running_loop().call_later(_PACE, self._write_paced, parts)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
