"""Classifies Kimi's error answers: 401, 403, 429 and the rest, each to one failure kind.

Kimi's statuses and types are ambiguous: 401 also means a bad model id or a plan that lacks the model, and type
``access_terminated_error`` covers an unlisted client, a ban, a quota window and concurrency. So the text is read
first. Sources: Kimi Code's error reference, the platform's error table, and published recordings of both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from custom_providers.engine.errors import waits
from custom_providers.engine.errors.error_answer import header, quoted, said
from custom_providers.engine.errors.failure import ErrorReply, Failure, FailureKind
from custom_providers.json_parts import mapping
from custom_providers.kimi.account import systems
from custom_providers.kimi.errors.meanings import FailedCall, failure

_TEXTS: tuple[tuple[FailureKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (FailureKind.UNKNOWN_MODEL, r"model id does not exist|not found the model"),
        (FailureKind.NO_PLAN, r"does not have access to kimi code"),
        (FailureKind.MODEL_NOT_IN_PLAN, r"does not have access to|plan supports only"),
        (FailureKind.MEMBERSHIP_UNVERIFIED, r"verify your membership"),
        (FailureKind.CLIENT_NOT_LISTED, r"only available for coding agents"),
        (FailureKind.BANNED, r"access terminated"),
        (FailureKind.CONCURRENCY, r"concurrent request limit"),
        (FailureKind.QUOTA, r"usage limit"),
        (
            FailureKind.BALANCE,
            r"exceeded your current (?:token )?quota|check your account balance|balance is insufficient",
        ),
        (FailureKind.BALANCE, r"insufficient balance|recharge your account|please recharge|account (?:is )?in arrears"),
        (FailureKind.OVERLOADED, r"overloaded"),
        (FailureKind.CONTENT_FILTER, r"high risk"),
        (FailureKind.CONTEXT_WINDOW, r"model token limit|context length|context window"),
        (FailureKind.TOO_LARGE, r"total message size|maximum size"),
    )
)

_TYPES = {
    "exceeded_current_quota_error": FailureKind.BALANCE,
    "engine_overloaded_error": FailureKind.OVERLOADED,
    "overloaded_error": FailureKind.OVERLOADED,
    "rate_limit_reached_error": FailureKind.RATE_LIMIT,
    "content_filter": FailureKind.CONTENT_FILTER,
    "resource_not_found_error": FailureKind.UNKNOWN_MODEL,
}

_STATUSES = {
    401: FailureKind.BAD_KEY,
    402: FailureKind.MEMBERSHIP_UNVERIFIED,
    403: FailureKind.FORBIDDEN,
    404: FailureKind.NOT_FOUND,
    408: FailureKind.SERVER,
    413: FailureKind.TOO_LARGE,
    429: FailureKind.RATE_LIMIT,
    499: FailureKind.CLIENT_CLOSED,
}

_STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "content_filter": 400,
    "authentication_error": 401,
    "invalid_authentication_error": 401,
    "incorrect_api_key_error": 401,
    "permission_error": 403,
    "permission_denied_error": 403,
    "access_terminated_error": 403,
    "not_found_error": 404,
    "resource_not_found_error": 404,
    "rate_limit_error": 429,
    "rate_limit_reached_error": 429,
    "exceeded_current_quota_error": 429,
    "engine_overloaded_error": 429,
    "overloaded_error": 503,
}
"""The status an error would have had, for errors that arrive inside a stream after a 200."""

_PER_DAY = re.compile(r"\bTPD\b|\bRPD\b|per day|tokens today", re.IGNORECASE)
_TRACE_ID = re.compile(r"[!-~]{1,128}")


def classify(status: int, body: bytes | str, headers: Mapping[str, str], call: FailedCall) -> Failure:
    """Classify an HTTP error answer.

    Args:
        status: its HTTP status.
        body: its body, JSON in one of several shapes, HTML, or nothing.
        headers: its headers, with the wait and the trace id.
        call: the call that failed.
    """
    text, error_type = quoted(body)
    kind = _kind(status, text, error_type)
    if kind is FailureKind.BAD_KEY and systems.mismatch(call.key, call.base_url):
        kind = FailureKind.WRONG_SYSTEM
    wait = waits.asked(status, headers, text)
    return failure(kind, call, ErrorReply(text=text, status=status, wait=wait, trace_id=trace_id(headers)))


def classify_in_band(error: object, call: FailedCall) -> Failure:
    """Classify an error event inside a stream, after a 200."""
    text, error_type = said(error)
    code = mapping(error).get("code")
    status = code if isinstance(code, int) and 400 <= code < 600 else _STATUS_OF_TYPE.get(error_type, 500)
    kind = _kind(status, text, error_type)
    return failure(kind, call, ErrorReply(text=text, status=status, wait=waits.in_body(text)))


def _kind(status: int, text: str, error_type: str) -> FailureKind:
    if status >= 500:
        # "membership database", "bad connection", "502 inside": Kimi's fault in any case.
        is_overloaded = status == 529 or "overloaded" in error_type or "overloaded" in text
        return FailureKind.OVERLOADED if is_overloaded else FailureKind.SERVER
    kind = next((kind for kind, pattern in _TEXTS if pattern.search(text)), None)
    kind = kind or _TYPES.get(error_type) or _STATUSES.get(status)
    kind = kind or (FailureKind.BAD_REQUEST if status >= 400 else FailureKind.NOT_FOUND)  # a redirect
    return FailureKind.DAILY_LIMIT if kind is FailureKind.RATE_LIMIT and _PER_DAY.search(text) else kind


def trace_id(headers: Mapping[str, str]) -> str:
    """Kimi's trace id; empty if there is none, or none that is valid in a header of our answer."""
    named = header(headers, "x-trace-id")
    return named if _TRACE_ID.fullmatch(named) else ""
