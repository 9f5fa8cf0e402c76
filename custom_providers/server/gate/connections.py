"""Bounds headers, trailers, pipelines and unread answers: uvicorn would wait forever, and keep all of them."""

from __future__ import annotations

import asyncio
import functools
import socket
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from custom_providers.server.gate.bounds import Bounds

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain\r\ncontent-length: 26\r\nconnection: close\r\n\r\n"
    b"the headers are too large\n"
)

MOST_PIPELINED = 100
"""Requests that may wait behind another on one connection; 5,000 fit into one read, and take 7 kB of memory each."""


class _Watch:
    """The state of one connection between two requests."""

    __slots__ = ("timer", "unfinished")

    def __init__(self) -> None:
        self.timer: asyncio.TimerHandle | None = None
        self.unfinished = 0
        """Bytes received since the last that completed a request's headers, its body or a part of its body."""

    def disarm(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


def install(bounds: Bounds) -> None:
    """Make uvicorn close connections that exceed ``bounds``, for which it has no setting."""
    _bound(H11Protocol, bounds)
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
    except ImportError:
        return
    _bound(HttpToolsProtocol, bounds)
    _drop_trailers(HttpToolsProtocol)


def _bound(protocol: Any, bounds: Bounds) -> None:
    made, received, lost = protocol.connection_made, protocol.data_received, protocol.connection_lost

    @functools.wraps(made)
    def connection_made(self: Any, transport: Any) -> None:
        made(self, transport)
        _close_if_unread(transport.get_extra_info("socket"), bounds.unread_seconds)
        self.pointsman_watch = _Watch()
        _arm(self, bounds)

    @functools.wraps(received)
    def data_received(self: Any, data: bytes) -> None:
        before, expected = self.cycle, _expects_a_body(self)
        held = len(before.body) if expected else 0
        received(self, data)
        if len(getattr(self, "pipeline", ())) > MOST_PIPELINED:
            self.pipeline.clear()
            self.transport.close()
        watch = self.pointsman_watch
        if self.cycle is not before or (expected and (len(before.body) > held or not before.more_body)):
            watch.unfinished = 0
            watch.disarm()
            return
        watch.unfinished += len(data)
        if watch.unfinished > bounds.header_bytes:
            self.transport.write(_TOO_LARGE)
            self.transport.close()
        elif watch.timer is None:
            _arm(self, bounds)

    @functools.wraps(lost)
    def connection_lost(self: Any, error: Exception | None) -> None:
        self.pointsman_watch.disarm()
        lost(self, error)

    protocol.connection_made = connection_made
    protocol.data_received = data_received
    protocol.connection_lost = connection_lost


def _close_if_unread(connection: Any, seconds: int) -> None:
    """Let the kernel close a connection on which the client has read nothing of what was sent for ``seconds``.

    Closing the transport would not do it, because that waits until its buffer is empty. Linux only; see tcp(7).
    """
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None and connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
        connection.setsockopt(socket.IPPROTO_TCP, option, seconds * 1000)


def _drop_trailers(protocol: Any) -> None:
    """Ignore the headers that follow a chunked body; uvicorn adds them to those that the gate has already checked."""
    header = protocol.on_header

    @functools.wraps(header)
    def on_header(self: Any, name: bytes, value: bytes) -> None:
        if not _expects_a_body(self):
            header(self, name, value)

    protocol.on_header = on_header


def _expects_a_body(connection: Any) -> bool:
    cycle = connection.cycle
    return cycle is not None and cycle.more_body and not cycle.response_complete


def _arm(connection: Any, bounds: Bounds) -> None:
    connection.pointsman_watch.timer = connection.loop.call_later(bounds.arrival_seconds, _expired, connection, bounds)


def _expired(connection: Any, bounds: Bounds) -> None:
    if connection.cycle is not None and not connection.cycle.response_complete:
        # The gate times bodies; and some clients send a line break after a request, and then wait for a long response.
        _arm(connection, bounds)
    else:
        connection.transport.close()
