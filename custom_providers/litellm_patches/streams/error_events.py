"""Writes the error events of OpenAI's Responses API in the form that LiteLLM reads.

OpenAI puts code and message into the event itself. LiteLLM expects them in an ``error`` object, and otherwise reports
"Response API in-stream error" with status 500, whatever OpenAI said.
"""

from __future__ import annotations

import orjson

from custom_providers.json_parts import parsed_object

_DATA = b"data:"
_MARK = b'"error"'


def readable(lines: bytes) -> bytes:
    """Whole lines of a stream, with the error events among them rewritten; all others are unchanged."""
    return b"".join(map(_line, lines.splitlines(keepends=True))) if _MARK in lines else lines


def _line(line: bytes) -> bytes:
    if not line.startswith(_DATA) or _MARK not in line:
        return line
    event = parsed_object(line.removeprefix(_DATA))
    if event is None or event.get("type") != "error" or event.get("error") or not isinstance(event.get("message"), str):
        return line
    code = str(event.get("code") or "server_error")
    error = {"type": code, "code": code, "message": event["message"], "param": event.get("param")}
    rest = line[len(line.rstrip(b"\r\n")) :]
    return _DATA + b" " + orjson.dumps({"type": "error", "sequence_number": 0, **event, "error": error}) + rest
