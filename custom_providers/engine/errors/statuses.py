"""Classifies failures of ordinary providers by status, type and known texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from custom_providers.engine.connection.timing import DEFAULT_RETRIES
from custom_providers.engine.errors import waits
from custom_providers.engine.errors.error_answer import codes, header, quoted, said
from custom_providers.engine.errors.failure import OWN_LIMIT, Failure, FailureKind
from custom_providers.json_parts import mapping
from custom_providers.server.failures.final_failures import is_final

UPSTREAM_STATUS = "x-pointsman-upstream-status"
"""Header of a response whose status LiteLLM must not see, with that status."""

_TEXTS: tuple[tuple[FailureKind, re.Pattern[str]], ...] = (
    (
        FailureKind.CONTEXT_WINDOW,
        re.compile(
            r"maximum context length|context[_ ]length|context window|prompt is too long|exceed\w* .{0,40}context"
            r"|too many (?:input )?tokens|input length and .?max_tokens",
            re.IGNORECASE,
        ),
    ),
    (FailureKind.CONTENT_FILTER, re.compile(r"content[_ ](?:filter|policy)|safety system", re.IGNORECASE)),
)
_KINDS = {
    400: FailureKind.BAD_REQUEST,
    401: FailureKind.BAD_KEY,
    402: FailureKind.BALANCE,
    403: FailureKind.FORBIDDEN,
    404: FailureKind.NOT_FOUND,
    408: FailureKind.TIMEOUT,
    413: FailureKind.TOO_LARGE,
    422: FailureKind.BAD_REQUEST,
    429: FailureKind.RATE_LIMIT,
    499: FailureKind.CLIENT_CLOSED,
    503: FailureKind.OVERLOADED,
    504: FailureKind.TIMEOUT,
    529: FailureKind.OVERLOADED,
}
_TYPES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "insufficient_quota": 429,
    "rate_limit_exceeded": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""The status of an error that arrives after a 200, by its type or its code."""

_SEEN = {
    **dict.fromkeys((FailureKind.REFUSED, FailureKind.UNREACHABLE, FailureKind.NO_DESCRIPTOR), 503),
    FailureKind.TIMEOUT: 504,
    FailureKind.UNSENDABLE: 400,
}
_PASSING = frozenset(
    {
        *(FailureKind.RATE_LIMIT, FailureKind.OVERLOADED, FailureKind.SERVER, FailureKind.CUT, FailureKind.MALFORMED),
        *(FailureKind.UNREACHABLE, FailureKind.TIMEOUT),
    }
)

_TRACE_HEADERS = ("x-request-id", "request-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusJudge:
    """Classifies the failures of one call."""

    provider: str
    """The registry's name of the provider."""
    key: str = field(repr=False)

    def answered(self, status: int, body: bytes, headers: Mapping[str, str]) -> Failure:
        """Classify an HTTP error response."""
        text, _ = quoted(body)
        wait = waits.asked(status, headers, body.decode("utf-8", "replace"))
        failure = self._failure(status, text, wait, self.trace_id(headers), words=codes(body))
        return failure if failure.retries else replace(failure, retry_after=waits.when_final(status, headers))

    def in_band(self, error: object) -> Failure:
        """Classify an error that arrived after a 200."""
        text, kind = said(error)
        code = mapping(error).get("code")
        status = code if isinstance(code, int) and 400 <= code < 600 else _TYPES.get(str(code)) or _TYPES.get(kind, 502)
        return self._failure(status, text, waits.in_body(text), "", words=f"{kind} {code or ''}".strip())

    def seen(self, kind: FailureKind, text: str) -> Failure:
        """Describe an error observed instead of a response."""
        words = {
            FailureKind.UNREACHABLE: "cannot be reached",
            FailureKind.TIMEOUT: "sent nothing in time",
            FailureKind.CUT: "ended its answer before it was complete",
            FailureKind.UNSENDABLE: "cannot be sent this request",
        }.get(kind, "sent an answer that cannot be read")
        message = f"{self.provider} {words}{f': {self._redacted(text)}' if text else ''}"
        if kind is FailureKind.REFUSED:
            message = f'provider "{self.provider}" does not answer at {self._redacted(text)}: is it running?'
        if kind is FailureKind.NO_DESCRIPTOR:
            message = f'{OWN_LIMIT}; provider "{self.provider}" was not asked'
        retries = DEFAULT_RETRIES if kind in _PASSING else 0
        return Failure(kind=kind, status=_SEEN.get(kind, 502), upstream_status=None, message=message, retries=retries)

    def trace_id(self, headers: Mapping[str, str]) -> str:
        """Return the provider's trace id, if it is valid as one of our headers."""
        named = next((value for name in _TRACE_HEADERS if (value := header(headers, name))), "")
        return named if named.isascii() and named.isprintable() and len(named) <= 128 else ""

    def _failure(self, status: int, text: str, wait: float | None, trace_id: str, *, words: str) -> Failure:
        # Only the code or type may distinguish an exhausted quota from a short overload.
        final = is_final(status, f"{text} {words}")
        kind = FailureKind.QUOTA if final and status == 429 else _kind(status, text)
        retries = 0 if final or kind not in _PASSING else DEFAULT_RETRIES
        quote = f": {self._redacted(text)}" if text else ""
        return Failure(
            kind=kind,
            status=status if 400 <= status < 600 else 502,
            upstream_status=status,
            message=f"{self.provider} answered {status}{quote}",
            retries=retries,
            retry_after=wait if retries else None,
            trace_id=trace_id,
            words=words,
        )

    def _redacted(self, text: str) -> str:
        return text.replace(self.key, "***") if self.key else text


def _kind(status: int, text: str) -> FailureKind:
    if status in {400, 413, 422}:
        kind = next((kind for kind, pattern in _TEXTS if pattern.search(text)), None)
        if kind is not None:
            return kind
    return _KINDS.get(status, FailureKind.SERVER if status >= 500 else FailureKind.BAD_REQUEST)
