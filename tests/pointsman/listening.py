"""Small HTTP servers with chosen behaviour, such as redirects and delays."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Respond = Callable[[BaseHTTPRequestHandler], object]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignores clients that disconnect, also during a handshake, as some tests need that."""


class _Server6(_Server):
    address_family = socket.AF_INET6


@contextlib.contextmanager
def listening(respond: Respond, host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Answers every GET and CONNECT with ``respond`` during the block; yields the URL, always with http."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            respond(self)

        def do_CONNECT(self) -> None:
            respond(self)

        def log_message(self, *arguments: object) -> None:
            """Logs nothing."""

    server = (_Server6 if ":" in host else _Server)((host, 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(handler: BaseHTTPRequestHandler, body: bytes = b"{}", status: int = 200, **headers: str) -> None:
    """Sends one complete response."""
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    with contextlib.suppress(OSError):  # the client has disconnected
        handler.wfile.write(body)
