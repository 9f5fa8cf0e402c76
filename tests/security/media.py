"""A host that serves any number of images of any size and speed, and counts concurrent requests."""

from __future__ import annotations

import base64
import contextlib
import threading
import time
from urllib.parse import parse_qs, urlsplit

from tests.http_host import HttpHost, QuietHandler

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Media(HttpHost):
    """``/NAME.png?mb=SIZE&wait=SECONDS`` on a free port."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.most_at_once = 0
        self._lock = threading.Lock()
        self._now = 0
        media = self

        class Handler(QuietHandler):
            def do_GET(self) -> None:  # noqa: N802 -- http.server's name
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

        super().__init__(Handler)

    def reset(self) -> None:
        """Clears the counts."""
        self.asked.clear()
        self.most_at_once = 0
