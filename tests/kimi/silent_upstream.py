"""An upstream that starts an answer, never completes it, and notices when the gateway disconnects."""

from __future__ import annotations

import socket
import threading

from tests.patience import SECONDS
from tests.tcp_host import TcpHost

BEGUN = (
    b'data: {"id":"chatcmpl-silent","object":"chat.completion.chunk","created":1,"model":"k3","choices":'
    b'[{"index":0,"delta":{"role":"assistant","reasoning_content":"Hm"},"finish_reason":null}]}\n\n'
)


class SilentUpstream(TcpHost):
    """Sends the first chunk of a stream, or nothing to other requests, and then waits."""

    def __init__(self) -> None:
        self._asked = threading.Semaphore(0)
        self._left = threading.Semaphore(0)
        super().__init__(self._serve)

    @property
    def url(self) -> str:
        """Its base URL, with the path of Kimi Code."""
        return f"http://{self.host}/coding/v1"

    def asked(self) -> bool:
        """Waits for a request; returns whether one arrived."""
        return self._asked.acquire(timeout=SECONDS)

    def left(self) -> bool:
        """Waits for the gateway to close the connection of a request; returns whether it did."""
        return self._left.acquire(timeout=SECONDS)

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            request = connection.recv(65536)
            if b'"stream":true' in request:
                head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                connection.sendall(head + f"{len(BEGUN):x}\r\n".encode() + BEGUN + b"\r\n")
            self._asked.release()
            try:
                while connection.recv(65536):
                    pass
            except ConnectionError:
                pass
            self._left.release()
