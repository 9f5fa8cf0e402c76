"""An upstream at the TCP level: sends given bytes, and notices when the gateway disconnects."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from typing import Literal

from tests.patience import SECONDS
from tests.tcp_host import TcpHost

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
WORD = (
    b'data: {"id":"chatcmpl-raw","object":"chat.completion.chunk","created":1,"model":"any","choices":'
    b'[{"index":0,"delta":{"role":"assistant","content":"Well"},"finish_reason":null}]}\n\n'
)
Then = Literal["wait", "half-close", "reset", "again"]


class RawUpstream(TcpHost):
    """Sends the same bytes for every request, then does ``then``; ``again`` repeats the bytes after ``HEAD``."""

    def __init__(self) -> None:
        self.says = b""
        self.then: Then = "wait"
        self.drip = 0.0
        """Seconds between two bytes; 0 sends all in one write."""
        self.asked = 0
        self._left = threading.Semaphore(0)
        super().__init__(self._serve)

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://{self.host}/v1"

    def plays(self, says: bytes, then: Then, *, drip: float = 0.0) -> None:
        """Sets the response to the next requests."""
        self.says, self.then, self.drip, self.asked = says, then, drip, 0
        while self._left.acquire(blocking=False):
            pass  # a disconnection in a previous test

    def was_left(self) -> bool:
        """Waits for the gateway to close a connection; returns whether it did."""
        return self._left.acquire(timeout=SECONDS)

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            self.asked += 1
            self._say(connection)
            if self.then == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if self.then == "half-close":
                connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        self._left.release()

    def _say(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in [self.says[at : at + 1] for at in range(len(self.says))] if self.drip else [self.says]:
            connection.sendall(part)
            time.sleep(self.drip)
        while self.then == "again":
            connection.sendall(self.says.removeprefix(HEAD))
