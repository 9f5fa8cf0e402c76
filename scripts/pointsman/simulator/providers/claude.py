"""Anthropic, api.anthropic.com: Messages, token counting, models. The provider's name is `claude`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.simulator.answers import FAULTS, Answer, json_answer, stream_answer
from pointsman.simulator.request_checks import bearer_key, header_key, json_object, known_model, only_fields, required
from pointsman.simulator.upstream import Lane, Models, Received, Route, Upstream
from pointsman.simulator.wire import messages
from pointsman.simulator.wire.encoding import sse

KEY = "sk-ant-api03-" + ("simulated-" * 10)[:93] + "AA"
MODELS = Models(
    listed=("claude-opus-4-8", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001", "claude-haiku-5-5"),
    families=("claude-*",),
)
REQUEST_ID = "req_011CSimulated"
RATE_HEADERS = {
    "request-id": REQUEST_ID,
    "anthropic-ratelimit-requests-limit": "4000",
    "anthropic-ratelimit-requests-remaining": "3999",
    "anthropic-ratelimit-requests-reset": "2026-11-21T08:00:01Z",
    "anthropic-ratelimit-input-tokens-limit": "2000000",
    "anthropic-ratelimit-input-tokens-remaining": "1999000",
    "anthropic-ratelimit-input-tokens-reset": "2026-11-21T08:00:01Z",
    "anthropic-ratelimit-output-tokens-limit": "400000",
    "anthropic-ratelimit-output-tokens-remaining": "399000",
    "anthropic-ratelimit-output-tokens-reset": "2026-11-21T08:00:01Z",
}


def error(status: int, kind: str, message: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    """Returns an error in Anthropic's shape."""
    body = messages.error_body(kind, message, request_id=REQUEST_ID)
    return json_answer(body, status=status, headers={"request-id": REQUEST_ID, **(headers or {})})


def refused(message: str) -> Answer:
    """Returns the answer to an invalid request."""
    return error(400, "invalid_request_error", message)


def no_model(model: str) -> Answer:
    """Returns the answer to an unknown model."""
    return error(404, "not_found_error", f"model: {model}")


_SPEND_LIMIT = {
    "type": "error",
    "error": {
        "type": "rate_limit_error",
        "message": "Your organization has reached its enforced spend limit.",
        "details": {"error_code": "enforced_spend_limit_reached"},
    },
    "request_id": REQUEST_ID,
}
_OVERLOADED = {"type": "error", "error": {"details": None, "type": "overloaded_error", "message": "Overloaded"}}
_BEGUN: Mapping[str, Any] = {
    "model": "claude-sonnet-4-5-20250929",
    "id": "msg_simulated",
    "type": "message",
    "role": "assistant",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 12, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 1},
}

ANSWERS: Mapping[str, Answer] = {
    **FAULTS,
    "bad_key": error(401, "authentication_error", "invalid x-api-key"),
    "no_key": error(401, "authentication_error", "x-api-key header is required"),
    "oauth_token": error(401, "authentication_error", "OAuth authentication is currently not supported."),
    "forbidden": error(403, "permission_error", "Your API key does not have permission to use the specified resource."),
    "unknown_model": no_model("claude-does-not-exist"),
    "bad_request": refused(
        "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium."
    ),
    "too_large": error(413, "request_too_large", "Request exceeds the maximum size"),
    "credit_balance": refused(
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or "
        "purchase credits."
    ),
    "quota": refused(
        "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."
    ),
    "billing": error(402, "billing_error", "There is an issue with your billing information."),
    "rate_limit": error(
        429,
        "rate_limit_error",
        "This request would exceed your organization's rate limit of 4,000 requests per minute.",
        headers={**RATE_HEADERS, "anthropic-ratelimit-requests-remaining": "0", "retry-after": "1"},
    ),
    "spend_limit": json_answer(_SPEND_LIMIT, status=429, headers={"request-id": REQUEST_ID}),
    "server_error": error(500, "api_error", "Internal server error"),
    "overloaded": error(529, "overloaded_error", "Overloaded"),
    "in_band_error": stream_answer(
        [
            sse({"type": "message_start", "message": _BEGUN}, event="message_start"),
            sse(_OVERLOADED, event="error"),
        ]
    ),
}

_API_KEY = header_key("x-api-key", KEY, missing=ANSWERS["no_key"], wrong=ANSWERS["bad_key"])
_BEARER = bearer_key(KEY, missing=ANSWERS["no_key"], wrong=ANSWERS["bad_key"])


def _key(request: Received) -> Answer | None:
    """Accepts the key in x-api-key or, as Anthropic's SDK sends it since 2.0, as a bearer token; not OAuth tokens."""
    if "x-api-key" in request.headers:
        return _API_KEY(request)
    oauth = request.headers.get("Authorization", "").startswith("Bearer sk-ant-oat")
    return ANSWERS["oauth_token"] if oauth else _BEARER(request)


def version_header(request: Received) -> Answer | None:
    """Refuses a request without `anthropic-version`."""
    return None if request.headers.get("anthropic-version") else refused("anthropic-version: header is required")


def thinking_fits(request: Received) -> Answer | None:
    """Refuses a thinking budget that leaves no tokens for the answer, and thinking together with a forced tool."""
    thinking = request.fields.get("thinking") or {}
    if thinking.get("type") == "enabled" and request.fields["max_tokens"] <= thinking.get("budget_tokens", 0):
        return refused("`max_tokens` must be greater than `thinking.budget_tokens`.")
    forced = (request.fields.get("tool_choice") or {}).get("type") in ("any", "tool")
    if thinking.get("type") in ("enabled", "adaptive") and forced:
        return refused("Thinking may not be enabled when tool_choice forces tool use.")
    return None


def _missing(name: str) -> Answer:
    return refused(f"{name}: Field required")


BODY_CHECKS = (
    version_header,
    json_object(refused("The request body is not valid JSON")),
    only_fields(messages.FIELDS, lambda name: refused(f"{name}: Extra inputs are not permitted")),
)
"""The checks that every Messages API makes of a request body."""
MESSAGE_CHECKS = (*BODY_CHECKS, required("model", "messages", "max_tokens", refusal=_missing), thinking_fits)


def _listing(model: str) -> dict[str, Any]:
    yes, no = {"supported": True}, {"supported": False}
    effort = dict.fromkeys(("low", "medium", "high", "max"), yes)
    return {
        "type": "model",
        "id": model,
        "display_name": model.replace("-", " ").title(),
        "created_at": "2026-02-01T00:00:00Z",
        "lifecycle": "active",
        "max_input_tokens": 1000000,
        "max_tokens": 128000,
        "capabilities": {
            "batch": yes,
            "citations": yes,
            "code_execution": yes,
            "context_management": yes,
            "effort": {"supported": True, **effort},
            "image_input": yes,
            "pdf_input": yes,
            "structured_outputs": yes,
            "thinking": {"supported": True, "types": {"enabled": yes, "adaptive": no}},
        },
    }


def _models(request: Received) -> Answer:
    """Lists up to `limit` models after `after_id`."""
    after = request.query.get("after_id")
    start = MODELS.listed.index(after) + 1 if after in MODELS.listed else 0
    end = start + int(request.query.get("limit", 20))
    page = MODELS.listed[start:end]
    return json_answer(
        {
            "data": [_listing(model) for model in page],
            "has_more": end < len(MODELS.listed),
            "first_id": page[0] if page else None,
            "last_id": page[-1] if page else None,
        },
        headers={"request-id": REQUEST_ID},
    )


_MODEL = known_model(MODELS, no_model)

UPSTREAM = Upstream(
    name="claude",
    base_path="/v1",
    key_env="ANTHROPIC_API_KEY",
    key=KEY,
    answers=ANSWERS,
    not_found=error(404, "not_found_error", "Not found"),
    routes=(
        Route(
            method="POST",
            path="/v1/messages",
            checks=(_key, *MESSAGE_CHECKS, _MODEL),
            respond=messages.responder(messages.Dialect(headers=RATE_HEADERS)),
        ),
        Route(
            method="POST",
            path="/v1/messages/count_tokens",
            checks=(_key, *BODY_CHECKS, required("model", "messages", refusal=_missing), _MODEL),
            respond=messages.count_tokens,
            lane=Lane.PROBE,
        ),
        Route(method="GET", path="/v1/models", checks=(_key, version_header), respond=_models, lane=Lane.PROBE),
        Route(
            method="GET",
            path="/v1/models/{model}",
            checks=(_key, version_header, _MODEL),
            respond=lambda request: json_answer(_listing(request.params["model"])),
            lane=Lane.PROBE,
        ),
    ),
)
