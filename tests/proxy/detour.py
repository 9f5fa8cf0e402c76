"""A forwarding port, so that a URL does not reveal its target."""

from __future__ import annotations

import contextlib
import socket
import threading

from tests.tcp_host import TcpHost


class Detour(TcpHost):
    """Listens on a new port and forwards to ``port``, which may be set later."""

    def __init__(self) -> None:
        super().__init__(self._forward)
        self.url = f"http://{self.host}"
        self.port = 0

    def _forward(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as goal:
            back = threading.Thread(target=_copy, args=(goal, client), daemon=True)
            back.start()
            _copy(client, goal)
            back.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
