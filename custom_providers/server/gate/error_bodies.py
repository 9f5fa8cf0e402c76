"""Error bodies in the format of the API that the client calls. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

_OPENAI = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    413: "request_too_large",
    431: "invalid_request_error",
}
_ANTHROPIC = {**_OPENAI, 408: "invalid_request_error", 503: "overloaded_error"}
_GEMINI = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    408: "DEADLINE_EXCEEDED",
    503: "UNAVAILABLE",
}
_MESSAGES_API = re.compile(r"/v1/messages(/|$)")
_GEMINI_API = re.compile(r"/v1beta/|^/models/.*:")


class RefusedError(Exception):
    """The gate refuses the request, with this status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def body(path: str, refused: RefusedError) -> bytes:
    """The JSON error body in the format of the API at ``path``."""
    return json.dumps(_shaped(path, refused.status, refused.message)).encode()


def _shaped(path: str, status: int, message: str) -> dict[str, Any]:
    if _MESSAGES_API.search(path):
        kind = _ANTHROPIC.get(status, "api_error")
        return {"type": "error", "error": {"type": kind, "message": message}}
    if _GEMINI_API.search(path):
        return {"error": {"code": status, "message": message, "status": _GEMINI.get(status, "INVALID_ARGUMENT")}}
    kind = _OPENAI.get(status, "api_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": str(status)}}
