"""A host that serves any number of images of any size and speed, and counts concurrent requests."""

from __future__ import annotations

import base64
import contextlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Media:
    """``/NAME.png?mb=SIZE&wait=SECONDS`` on a free port."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.most_at_once = 0
        self._lock = threading.Lock()
        self._now = 0
        media = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                with media._lock:
                    media.asked.append(self.path)
                    media._now += 1
                    media.most_at_once = max(media.most_at_once, media._now)
                time.sleep(float(query.get("wait", ["0"])[0]))
                body = PNG + b"\0" * (int(query.get("mb", ["0"])[0]) * 1024**2)
                with media._lock:
                    media._now -= 1
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the standard library's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def host(self) -> str:
        """The address and port."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def reset(self) -> None:
        """Clears the counts."""
        self.asked.clear()
        self.most_at_once = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
