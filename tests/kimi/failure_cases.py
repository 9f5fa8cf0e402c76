"""A table of error answers in the order of Kimi's documentation, with the client's error for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CODING, PLATFORM = "once", "once-moonshot"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One error answer of Kimi and the client's error."""

    status: int
    """The status that the client gets."""
    kind: str
    exception: str
    says: str
    """A part of the client's message that tells the reader what to do."""
    transient: bool = False
    """Whether the client may retry; if not, a header tells SDKs not to."""
    to: tuple[str, ...] = (CODING,)
    """The deployments of the providers that send this error."""


BOTH = (CODING, PLATFORM)
NO_HELP = "does not help"

ROWS: Mapping[str, Row] = {
    "bad_key": Row(status=401, kind="bad_key", exception="AuthenticationError", says="refused the key", to=BOTH),
    "bad_key_anthropic": Row(status=401, kind="bad_key", exception="AuthenticationError", says="refused the key"),
    "incorrect_key": Row(
        status=401, kind="bad_key", exception="AuthenticationError", says="refused the key", to=(PLATFORM,)
    ),
    # 401 at Kimi, although the key is valid.
    "unknown_model": Row(status=404, kind="unknown_model", exception="NotFoundError", says="does not serve", to=BOTH),
    "model_not_in_plan": Row(
        status=403, kind="model_not_in_plan", exception="PermissionDeniedError", says="does not include"
    ),
    "context_not_in_plan": Row(
        status=403, kind="model_not_in_plan", exception="PermissionDeniedError", says="up to 256K"
    ),
    "membership": Row(
        status=402, kind="membership_unverified", exception="PaymentRequiredError", says="membership", transient=True
    ),
    "client_not_listed": Row(
        status=403, kind="client_not_listed", exception="PermissionDeniedError", says='protocol = "anthropic"'
    ),
    "banned": Row(status=403, kind="banned", exception="PermissionDeniedError", says="terminated this account"),
    "banned_anthropic": Row(
        status=403, kind="banned", exception="PermissionDeniedError", says="terminated this account"
    ),
    "no_plan": Row(status=403, kind="no_plan", exception="PermissionDeniedError", says="no access to Kimi Code"),
    "quota": Row(status=403, kind="quota_exhausted", exception="PermissionDeniedError", says=NO_HELP),
    "weekly_quota": Row(status=403, kind="quota_exhausted", exception="PermissionDeniedError", says="weekly"),
    "monthly_quota": Row(status=403, kind="quota_exhausted", exception="PermissionDeniedError", says="monthly"),
    "quota_untyped": Row(status=403, kind="quota_exhausted", exception="PermissionDeniedError", says="billing cycle"),
    "quota_as_string": Row(status=403, kind="quota_exhausted", exception="PermissionDeniedError", says="5-hour"),
    "quota_bare": Row(status=403, kind="quota_exhausted", exception="PermissionDeniedError", says="weekly"),
    "quota_older": Row(status=429, kind="quota_exhausted", exception="RateLimitError", says=NO_HELP),
    "credit": Row(status=403, kind="balance_exhausted", exception="PermissionDeniedError", says=NO_HELP),
    "concurrency": Row(
        status=429, kind="too_many_at_once", exception="RateLimitError", says="fewer in parallel", transient=True
    ),
    "not_found": Row(status=404, kind="unknown_model", exception="NotFoundError", says="does not serve"),
    "overloaded": Row(
        status=429, kind="overloaded", exception="RateLimitError", says="try again later", transient=True, to=BOTH
    ),
    "overloaded_anthropic": Row(
        status=429, kind="overloaded", exception="RateLimitError", says="try again later", transient=True
    ),
    "rate_limit": Row(
        status=429, kind="rate_limited", exception="RateLimitError", says="try again later", transient=True, to=BOTH
    ),
    "token_rate": Row(
        status=429,
        kind="rate_limited",
        exception="RateLimitError",
        says="per minute",
        transient=True,
        to=(PLATFORM,),
    ),
    "daily_limit": Row(status=429, kind="daily_limit", exception="RateLimitError", says="tomorrow", to=(PLATFORM,)),
    "suspended": Row(status=429, kind="balance_exhausted", exception="RateLimitError", says="recharge", to=(PLATFORM,)),
    "balance_untyped": Row(
        status=429, kind="balance_exhausted", exception="RateLimitError", says="recharge", to=(PLATFORM,)
    ),
    "bad_request": Row(
        status=400, kind="bad_request", exception="BadRequestError", says="only 1 is allowed", to=(PLATFORM,)
    ),
    "reasoning_missing": Row(
        status=400, kind="bad_request", exception="BadRequestError", says="reasoning_content is missing"
    ),
    "content_filter": Row(
        status=400, kind="content_filter", exception="ContentPolicyViolationError", says="content filter", to=BOTH
    ),
    "context_window": Row(
        status=400, kind="context_window", exception="ContextWindowExceededError", says="262144", to=BOTH
    ),
    "permission": Row(status=403, kind="forbidden", exception="PermissionDeniedError", says="not open", to=(PLATFORM,)),
    "too_large": Row(status=400, kind="too_large", exception="BadRequestError", says="2097152"),
    "client_closed": Row(status=499, kind="client_closed", exception="APIError", says="closed", to=(PLATFORM,)),
    "server_error": Row(
        status=500, kind="server_error", exception="InternalServerError", says="failed", transient=True, to=BOTH
    ),
    "bad_connection": Row(
        status=500, kind="server_error", exception="InternalServerError", says="failed", transient=True
    ),
    "unexpected_output": Row(
        status=500,
        kind="server_error",
        exception="InternalServerError",
        says="failed",
        transient=True,
        to=(PLATFORM,),
    ),
    "gateway": Row(status=502, kind="server_error", exception="BadGatewayError", says="502", transient=True),
    "html_502": Row(status=502, kind="server_error", exception="BadGatewayError", says="Bad Gateway", transient=True),
    "unavailable": Row(
        status=503,
        kind="server_error",
        exception="ServiceUnavailableError",
        says="unavailable",
        transient=True,
        to=(PLATFORM,),
    ),
    "html_504": Row(status=504, kind="server_error", exception="Timeout", says="Gateway Time-out", transient=True),
    "redirect": Row(status=502, kind="not_found", exception="BadGatewayError", says="base_url"),
    "error_under_200": Row(
        status=429, kind="overloaded", exception="RateLimitError", says="overloaded", transient=True
    ),
    "not_json": Row(
        status=502, kind="malformed_answer", exception="BadGatewayError", says="cannot be read", transient=True
    ),
    "page_in_stream": Row(
        status=502, kind="malformed_answer", exception="BadGatewayError", says="504 Gateway Time-out", transient=True
    ),
    "cut_before_headers": Row(
        status=502, kind="stream_cut", exception="BadGatewayError", says="before it was complete", transient=True
    ),
    "hang": Row(status=504, kind="timeout", exception="Timeout", says="1.5 s"),
}

# The platform's table also has 413 and "quota", which Kimi Code words differently.
PLATFORM_ROWS: Mapping[str, Row] = {
    "too_large": Row(status=413, kind="too_large", exception="APIError", says="maximum size", to=(PLATFORM,)),
    "quota": Row(status=429, kind="balance_exhausted", exception="RateLimitError", says=NO_HELP, to=(PLATFORM,)),
}
