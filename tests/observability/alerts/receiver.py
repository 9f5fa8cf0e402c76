"""A Slack and Discord webhook: a real HTTP server that records what it receives."""

from __future__ import annotations

import json
from typing import NamedTuple

from tests.http_host import HttpHost, QuietHandler
from tests.patience import eventually


class Delivered(NamedTuple):
    """One request to the webhook."""

    path: str
    text: str


class Receiver(HttpHost):
    """Listens on a free loopback port during its block."""

    def __init__(self) -> None:
        self.delivered: list[Delivered] = []
        self.failing: list[int] = []
        """The statuses of the responses before the first 200."""
        receiver = self

        class Handler(QuietHandler):
            def do_POST(self) -> None:  # noqa: N802 -- http.server's name
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = receiver.failing.pop(0) if receiver.failing else 200
                if status == 200:
                    receiver.delivered.append(Delivered(self.path, body["text"]))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(b"ok")

        super().__init__(Handler)

    def texts(self, path: str, part: str) -> list[str]:
        """The texts received at ``path`` that contain ``part``."""
        return [item.text for item in list(self.delivered) if item.path == path and part in item.text]

    def wait_for(self, path: str, part: str) -> str:
        """Waits for the first text at ``path`` that contains ``part``."""
        found = eventually(
            lambda: self.texts(path, part), otherwise=lambda: f"no alert with {part!r}: {self.delivered}"
        )
        return found[0]
