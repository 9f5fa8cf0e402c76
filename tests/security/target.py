"""A host that records every request; the target that must receive none."""

from __future__ import annotations

import json
from typing import NamedTuple

from tests.http_host import HttpHost, QuietHandler


class Arrival(NamedTuple):
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Target(HttpHost):
    """An HTTP server on a free port that answers 200 to everything."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        arrivals = self.arrivals

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                arrivals.append(Arrival(self.command, self.path, headers, body))
                content = json.dumps({"id": "x", "object": "list", "data": [], "ok": True}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 -- http.server's names

        super().__init__(Handler)
