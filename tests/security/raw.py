"""Raw requests that client libraries cannot send."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import urlsplit

from tests.patience import SECONDS


def connected(url: str) -> socket.socket:
    """Opens a connection to the proxy."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=SECONDS)


def exchange(url: str, request: bytes) -> bytes:
    """Sends ``request`` and returns everything received until the other side closes."""
    with connected(url) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(request)
        received = b""
        with contextlib.suppress(OSError):
            while part := connection.recv(65536):
                received += part
        return received


def written(method: str, path: str, key: str, body: bytes = b"", *headers: tuple[str, str]) -> bytes:
    """Returns a request without any normalisation."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: proxy",
        f"Authorization: Bearer {key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def status(answer: bytes) -> int:
    """The status of a response; 0 for an empty one."""
    words = answer.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
