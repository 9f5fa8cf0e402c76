"""Rewrites every error response: the cause as its message, and headers that say whether to retry.

LiteLLM's own error responses differ by path: on ``/v1/messages`` an error loses its headers, and the router adds its
state to other messages.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import orjson
from litellm.proxy.auth.route_checks import RouteChecks  # noqa: TID253 -- LiteLLM imports this module
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from custom_providers.engine.errors.failure import Failure, FailureKind
from custom_providers.json_parts import mapping, parsed_object
from custom_providers.server.failures import verdict
from custom_providers.server.failures.cause import MARKS, cause
from custom_providers.server.failures.unknown_path import UnknownPath
from custom_providers.server.gate.route_lookup import below_root

_ANTHROPICS_TYPES = {
    **dict.fromkeys((409, 422), "invalid_request_error"),
    402: "billing_error",
    413: "request_too_large",
    **dict.fromkeys((408, 504), "timeout_error"),
    **dict.fromkeys((503, 529), "overloaded_error"),
}
"""By status, where LiteLLM writes another (https://docs.anthropic.com/en/api/errors, 2026-11-28)."""
_DATA = b"data: "
_NO_TYPE = (None, "", "None")
_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
"""By status, for errors to which LiteLLM gives no type; others are the client's or the server's."""


class _Noted:
    """The known failure of the current request."""

    __slots__ = ("failure", "unsendable")

    def __init__(self) -> None:
        self.failure: Failure | None = None
        self.unsendable: Failure | None = None
        """The failure if LiteLLM answers 500; it has other statuses for the ValueError of a wrong key, for example."""


_CURRENT: ContextVar[_Noted | None] = ContextVar("pointsman_failed", default=None)


def note(error: BaseException, *, sent: bool) -> None:
    """Remember the exception that is returned to the client of the current request, which may have been ``sent``."""
    if (noted := _CURRENT.get()) is not None:
        noted.failure = verdict.of(error)
        noted.unsendable = None if sent else verdict.unsendable(error)


class ErrorAnswers:
    """An ASGI app around LiteLLM's that rewrites its error responses."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; only error responses of model routes and of unknown paths are changed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not RouteChecks.is_llm_api_route(below_root(scope)):
            await self._app(scope, receive, UnknownPath(scope, send))
            return
        noted = _Noted()
        _CURRENT.set(noted)
        await self._app(scope, receive, _Sender(noted, send))


class _Sender:
    """The ``send`` passed to LiteLLM."""

    def __init__(self, noted: _Noted, send: Send) -> None:
        self._noted = noted
        self._send = send
        self._start: Message | None = None
        """The start of an error response, held until its body is complete."""
        self._parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._is_error(message) and _is_json(message):
            self._start = message
        elif self._start is None:
            await self._send(_in_stream(message))
        else:
            self._parts.append(message.get("body", b""))
            if not message.get("more_body"):
                await self._answer(self._start)

    def _is_error(self, start: Message) -> bool:
        # LiteLLM answers 200 if the provider's error came with that status.
        return start["status"] >= 400 or self._noted.failure is not None

    async def _answer(self, start: Message) -> None:
        failure = self._noted.failure
        if failure is None and start["status"] == 500:
            failure = self._noted.unsendable
        status, body = _reworded(b"".join(self._parts), failure.status if failure else start["status"], failure)
        ours = {name.encode(): value.encode() for name, value in (verdict.headers(failure) if failure else {}).items()}
        ours[b"content-length"] = str(len(body)).encode()
        kept = [(name, value) for name, value in start["headers"] if name.lower() not in ours]
        await self._send({**start, "status": status, "headers": [*kept, *ours.items()]})
        await self._send({"type": "http.response.body", "body": body})


def _in_stream(message: Message) -> Message:
    """Replace the message of an error event, with which LiteLLM ends a stream, by its cause; pass other messages on."""
    body = message.get("body", b"")
    if b'"error"' not in body or not any(mark in body for mark in MARKS):
        return message
    lines = [_event(line) if line.startswith(_DATA) else line for line in body.split(b"\n")]
    return {**message, "body": b"\n".join(lines)}


def _event(line: bytes) -> bytes:
    event = parsed_object(line.removeprefix(_DATA)) or {}
    holders = [event, mapping(event.get("response"))]
    errors = [holder["error"] for holder in holders if isinstance(holder.get("error"), dict)]
    for error in errors:
        if isinstance(words := error.get("message"), str):
            error["message"] = cause(words) or words
    return _DATA + orjson.dumps(event) if errors else line


def _reworded(body: bytes, status: int, failure: Failure | None) -> tuple[int, bytes]:
    """The status and body of an error in its protocol's format, with the cause as its message."""
    answer = _shaped(parsed_object(body) or {}, status)
    error = answer.get("error")
    if not isinstance(error, dict) or not isinstance(words := error.get("message"), str):
        return status, body
    error["message"] = words = (failure.message if failure else cause(words.removeprefix(f"{status}: "))) or words
    if verdict.is_not_offered(words):
        status, error["type"] = verdict.NOT_OFFERED, "not_found_error"
    if failure is not None and failure.kind is FailureKind.UNSENDABLE:
        error["type"] = "invalid_request_error"
    if error.get("type") in _NO_TYPE:
        error["type"] = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    if error.get("param") == "None":
        error["param"] = None
    if str(error.get("code", "")).isdigit():
        error["code"] = type(error["code"])(status)
    if answer.get("type") == "error":
        error["type"] = _ANTHROPICS_TYPES.get(status, error["type"])
    return status, orjson.dumps(answer)


def _shaped(answer: dict[str, Any], status: int) -> dict[str, Any]:
    """An error in OpenAI's shape; on some paths FastAPI writes it in its own."""
    detail = mapping(answer.get("detail")).get("error") or answer.get("detail")
    if "error" in answer or not isinstance(detail, str):
        return answer
    return {"error": {"message": detail, "type": None, "param": None, "code": str(status)}}


def _is_json(start: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"application/json") for name, value in start["headers"]
    )
