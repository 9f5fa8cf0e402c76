"""Kimi's answers by name: every row of its error tables, and published recordings of streams.

Error bodies come from Kimi's error reference and from published issues, streams from published recordings; the ids
in them are invented.
"""

from __future__ import annotations

from collections.abc import Mapping

from pointsman.simulator.answers import FAULTS, Answer, json_answer, stream_answer, text_answer
from pointsman.simulator.providers.kimi.recordings import RECORDINGS
from pointsman.simulator.providers.kimi.refusals import NOT_LISTED, anthropic_error, error, invalid
from pointsman.simulator.wire.encoding import sse

_MORE = (
    " To continue now, purchase extra usage or upgrade your plan:"
    " https://www.kimi.com/membership/subscription?tab=quota"
)
_GUIDELINES = "https://www.kimi.com/code/docs/kimi-code/community-guidelines.html"

PLATFORM_ERRORS: Mapping[str, Answer] = {
    "bad_key": error(401, "invalid_authentication_error", "Invalid Authentication"),
    "incorrect_key": error(401, "incorrect_api_key_error", "Incorrect API key provided"),
    "bad_request": invalid("invalid temperature: only 1 is allowed for this model"),
    "context_window": invalid("Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)"),
    "content_filter": error(400, "content_filter", "The request was rejected because it was considered high risk"),
    "permission": error(403, "permission_denied_error", "The API you are accessing is not open"),
    "unknown_model": error(
        404, "resource_not_found_error", "Not found the model kimi-does-not-exist or Permission denied"
    ),
    "not_found": error(404, "resource_not_found_error", "The requested method was not found"),
    "too_large": error(413, "invalid_request_error", "Request exceeds the maximum size"),
    "quota": error(
        429,
        "exceeded_current_quota_error",
        "You exceeded your current token quota: <org-simulated0123456789> 31275, please check your account balance",
        headers={"Retry-After": "1"},
    ),
    "suspended": error(
        429,
        "exceeded_current_quota_error",
        "Your account org-simulated0123456789 <ak-simulated0123456789> is suspended due to insufficient balance, please"
        " recharge your account or check your plan and billing details",
    ),
    "balance_untyped": json_answer({"error": {"message": "account is in arrears"}}, status=429),
    "rate_limit": error(
        429,
        "rate_limit_reached_error",
        "Your account org-simulated0123456789 request reached max RPM: 3, please try again after 1 seconds",
    ),
    "token_rate": error(
        429, "rate_limit_reached_error", "your token quota per minute was exceeded, please try again after 1 seconds"
    ),
    "daily_limit": error(
        429, "rate_limit_reached_error", "Your account org-simulated0123456789 request reached TPD rate limit: 1500000"
    ),
    "overloaded": error(429, "engine_overloaded_error", "The engine is currently overloaded, please try again later"),
    "overloaded_wait": error(
        429,
        "engine_overloaded_error",
        "The engine is currently overloaded, please try again later",
        headers={"Retry-After": "1"},
    ),
    "client_closed": error(499, "client_closed_request", "client closed request"),
    "server_error": error(500, "server_error", "The server had an error while processing your request"),
    "unexpected_output": error(500, "unexpected_output", "invalid state transition"),
    "unavailable": error(503, "server_unavailable", "The service is currently unavailable"),
}

CODING_ERRORS: Mapping[str, Answer] = {
    "bad_key": error(
        401,
        "invalid_authentication_error",
        "The API Key appears to be invalid or may have expired. Please verify your credentials and try again.",
    ),
    "bad_key_anthropic": anthropic_error(
        401,
        "authentication_error",
        "The API Key appears to be invalid or may have expired. Please verify your credentials and try again.",
    ),
    "unknown_model": anthropic_error(
        401,
        "authentication_error",
        "Your model id does not exist, recognized as other:k3[1m]. Please set model id as `k3`.",
    ),
    "not_found": error(404, "resource_not_found_error", "Not found the model nothing or Permission denied"),
    "model_not_in_plan": error(
        401, "authentication_error", "Your current subscription does not have access to k3. Upgrade to continue."
    ),
    "context_not_in_plan": error(
        401, "authentication_error", "Your current plan supports only kimi-k3 up to 256K context."
    ),
    "membership": error(
        402, "payment_required", "We're unable to verify your membership benefits at this time. Please try again later."
    ),
    "client_not_listed": NOT_LISTED,
    "quota": error(403, "access_terminated_error", f"You've reached your 5-hour usage limit.{_MORE}"),
    "weekly_quota": error(403, "access_terminated_error", f"You've reached your weekly (7-day) usage limit.{_MORE}"),
    "monthly_quota": error(403, "permission_error", f"You've reached your monthly usage limit.{_MORE}"),
    "quota_untyped": json_answer(
        {"error": {"message": f"You've reached your usage limit for this billing cycle.{_MORE}"}}, status=403
    ),
    "quota_as_string": json_answer({"error": f"You've reached your 5-hour usage limit.{_MORE}"}, status=403),
    "quota_bare": json_answer({"message": f"You've reached your weekly usage limit.{_MORE}"}, status=403),
    "quota_older": error(429, "rate_limit_error", "You've reached kimi monthly usage limit for this period"),
    "credit": error(403, "access_terminated_error", "Your credit balance is insufficient. Please top up."),
    "concurrency": error(
        403, "access_terminated_error", "You've reached your concurrent request limit. Please wait for a moment."
    ),
    "banned": error(
        403,
        "access_terminated_error",
        f"Access terminated. Review our Community Guidelines({_GUIDELINES}) or contact support@moonshot.cn",
    ),
    "banned_anthropic": anthropic_error(
        403,
        "permission_error",
        f"Access terminated. Review our Community Guidelines({_GUIDELINES}) or contact support@moonshot.cn",
    ),
    "no_plan": error(
        403, "access_terminated_error", "Your current subscription does not have access to Kimi Code right now"
    ),
    "overloaded": error(429, "engine_overloaded_error", "The engine is currently overloaded, please try again later"),
    "overloaded_anthropic": anthropic_error(
        429, "rate_limit_error", "The engine is currently overloaded, please try again later"
    ),
    "rate_limit": error(
        429,
        "rate_limit_reached_error",
        "We're receiving too many requests at the moment. Please try again later.",
        headers={"Retry-After": "1"},
    ),
    "too_large": invalid("total message size 2097999 exceeds limit 2097152"),
    "context_window": invalid("Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)"),
    "reasoning_missing": invalid(
        "thinking is enabled but reasoning_content is missing in assistant tool call message at index 1"
    ),
    "content_filter": invalid("The request was rejected because it was considered high risk"),
    "server_error": error(500, "server_error", "membership database: i/o timeout"),
    "bad_connection": error(500, "server_error", "driver: bad connection"),
    "gateway": text_answer("upstream request failed with 502", status=502),
}

_BEGUN = {
    "id": "chatcmpl-simulated",
    "object": "chat.completion.chunk",
    "created": 1784330879,
    "model": "kimi-k3",
    "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}],
}
_THINKING = {**_BEGUN, "choices": [{"index": 0, "delta": {"reasoning_content": "The"}, "finish_reason": None}]}
_OVERLOADED = {"error": {"message": "The engine is currently overloaded", "type": "engine_overloaded_error"}}

SHARED: Mapping[str, Answer] = {
    **FAULTS,
    **RECORDINGS,
    # An error before any content, when a retry is invisible to the client; and one after content, when it is not.
    "in_band_overloaded": stream_answer([sse(_BEGUN), sse(_OVERLOADED)]),
    "in_band_error": stream_answer([sse(_BEGUN), sse(_THINKING), sse(_OVERLOADED)]),
    "in_band_quota": stream_answer(
        [sse({"error": {"message": "You've reached your 5-hour usage limit.", "type": "access_terminated_error"}})]
    ),
    "cut_in_reasoning": stream_answer([sse(_BEGUN), sse(_THINKING)]),
    "page_in_stream": text_answer("<html><head><title>504 Gateway Time-out</title></head></html>", status=200),
    "error_under_200": json_answer(_OVERLOADED),
    "empty_stream": stream_answer([b"data: [DONE]\n\n"]),
    "not_json_event": stream_answer([sse(_BEGUN), b"data: {broken\n\n"]),
    "redirect": Answer(status=301, headers={"Location": "https://platform.kimi.ai/"}),
}
