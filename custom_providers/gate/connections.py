"""Closes connections that never complete their headers: uvicorn would wait forever and keep all their data."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from custom_providers.gate.bounds import Bounds

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain\r\ncontent-length: 26\r\nconnection: close\r\n\r\n"
    b"the headers are too large\n"
)


class _Watch:
    """The state of one connection between two requests."""

    __slots__ = ("timer", "unfinished")

    def __init__(self) -> None:
        self.timer: asyncio.TimerHandle | None = None
        self.unfinished = 0
        """Bytes received that do not form a complete request yet."""

    def disarm(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


def install(bounds: Bounds) -> None:
    """Make uvicorn close connections whose headers exceed ``bounds`` or arrive too late; it has no setting for this."""
    _bound(H11Protocol, bounds)
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
    except ImportError:
        return
    _bound(HttpToolsProtocol, bounds)


def _bound(protocol: Any, bounds: Bounds) -> None:
    made, received, lost = protocol.connection_made, protocol.data_received, protocol.connection_lost

    @functools.wraps(made)
    def connection_made(self: Any, transport: Any) -> None:
        made(self, transport)
        self.pointsman_watch = _Watch()
        _arm(self, bounds)

    @functools.wraps(received)
    def data_received(self: Any, data: bytes) -> None:
        before, expected = self.cycle, _expects_a_body(self)
        received(self, data)
        watch = self.pointsman_watch
        if expected or self.cycle is not before:
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


def _expects_a_body(connection: Any) -> bool:
    cycle = connection.cycle
    return cycle is not None and cycle.more_body and not cycle.response_complete


def _arm(connection: Any, bounds: Bounds) -> None:
    connection.pointsman_watch.timer = connection.loop.call_later(bounds.arrival_seconds, _expired, connection, bounds)


def _expired(connection: Any, bounds: Bounds) -> None:
    if connection.cycle is not None and not connection.cycle.response_complete:
        # Some clients send a line break after a request, and then wait for a long response.
        _arm(connection, bounds)
    else:
        connection.transport.close()
