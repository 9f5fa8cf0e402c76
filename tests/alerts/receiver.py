"""A Slack and Discord webhook: a real HTTP server that records what it receives."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self

from tests.patience import eventually


class Delivered(NamedTuple):
    """One request to the webhook."""

    path: str
    text: str


class Receiver:
    """Listens on a free loopback port during its block."""

    def __init__(self) -> None:
        self.delivered: list[Delivered] = []
        self.failing: list[int] = []
        """The statuses of the responses before the first 200."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = receiver.failing.pop(0) if receiver.failing else 200
                if status == 200:
                    receiver.delivered.append(Delivered(self.path, body["text"]))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def url(self) -> str:
        """The URL of the server."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def texts(self, path: str, part: str) -> list[str]:
        """The texts received at ``path`` that contain ``part``."""
        return [item.text for item in list(self.delivered) if item.path == path and part in item.text]

    def wait_for(self, path: str, part: str) -> str:
        """Waits for the first text at ``path`` that contains ``part``."""
        found = eventually(
            lambda: self.texts(path, part), otherwise=lambda: f"no alert with {part!r}: {self.delivered}"
        )
        return found[0]
