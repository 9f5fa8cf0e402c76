"""Encodes JSON, server-sent events and NDJSON as bytes."""

from __future__ import annotations

import json
from typing import Any

SSE_DONE = b"data: [DONE]\n\n"


def compact(payload: Any) -> bytes:
    """Returns the payload as JSON without spaces, as these upstreams send it."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def sse(payload: Any, *, event: str | None = None, newline: bytes = b"\n") -> bytes:
    """Returns one server-sent event; Google ends its lines with CRLF."""
    name = b"event: " + event.encode() + newline if event else b""
    return name + b"data: " + compact(payload) + newline * 2


def ndjson(payload: Any) -> bytes:
    """Returns one line of newline-delimited JSON."""
    return compact(payload) + b"\n"
