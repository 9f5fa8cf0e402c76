"""Google Gemini, generativelanguage.googleapis.com: generateContent, embeddings, models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.simulator.answers import FAULTS, Answer, json_answer, stream_answer
from pointsman.simulator.request_checks import header_key, json_object, known_model, only_fields, required
from pointsman.simulator.upstream import Lane, Models, Received, Route, Upstream
from pointsman.simulator.wire import google
from pointsman.simulator.wire.encoding import sse

KEY = "AQ.Ab8RN6" + ("simulated-" * 5)[:40] + "gem1"
MODELS = Models(
    listed=("gemini-3.5-flash-lite", "gemini-2.5-flash", "gemini-3.1-pro-preview", "gemini-embedding-001"),
    families=("gemini-*", "gemma-*"),
)
DOMAIN = {"domain": "googleapis.com", "metadata": {"service": "generativelanguage.googleapis.com"}}


def error(code: int, status: str, message: str, details: tuple[Mapping[str, Any], ...] = ()) -> Answer:
    """Returns an error in Google's shape. Without Retry-After, because Google puts the delay into the details."""
    body: dict[str, Any] = {"code": code, "message": message, "status": status}
    if details:
        body["details"] = details
    return json_answer({"error": body}, status=code, headers={"Content-Type": "application/json; charset=UTF-8"})


def _because(reason: str) -> Mapping[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, **DOMAIN}


def _exhausted(message: str, *details: Mapping[str, Any]) -> Answer:
    return error(429, "RESOURCE_EXHAUSTED", message, details)


def _quota_failure(quota: str) -> Mapping[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": quota}]}


def _no_model(model: str) -> Answer:
    return error(
        404,
        "NOT_FOUND",
        f"models/{model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels "
        "to see the list of available models and their supported methods.",
    )


def _refused(message: str) -> Answer:
    return error(400, "INVALID_ARGUMENT", message)


_QUOTA = "You exceeded your current quota, please check your plan."
_RETRY_AFTER = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.4s"}
_OAUTH = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential."
)
_BEGUN = {
    "candidates": [{"content": {"parts": [{"text": "The"}], "role": "model"}}],
    "usageMetadata": {"promptTokenCount": 15, "totalTokenCount": 15},
    "modelVersion": "gemini-2.5-flash",
    "responseId": "simulated",
}
_OVERLOADED = {"code": 503, "message": "The model is overloaded. Please try again later.", "status": "UNAVAILABLE"}

ANSWERS: Mapping[str, Answer] = {
    **FAULTS,
    "bad_key": error(
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
        (_because("API_KEY_INVALID"),),
    ),
    "no_key": error(
        403,
        "PERMISSION_DENIED",
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other "
        "form of API consumer identity to call this API.",
    ),
    "two_keys": _refused("Multiple authentication credentials received. Please pass only one."),
    "standard_key": error(401, "UNAUTHENTICATED", _OAUTH, (_because("ACCESS_TOKEN_TYPE_UNSUPPORTED"),)),
    "leaked_key": error(403, "PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key."),
    "suspended": error(
        403,
        "PERMISSION_DENIED",
        f"Permission denied: Consumer 'api_key:{KEY}' has been suspended.",
        (_because("CONSUMER_SUSPENDED"),),
    ),
    "service_blocked": error(
        403,
        "PERMISSION_DENIED",
        "Requests to this API generativelanguage.googleapis.com method are blocked.",
        (_because("API_KEY_SERVICE_BLOCKED"),),
    ),
    "ip_blocked": error(
        403,
        "PERMISSION_DENIED",
        "The provided API key has an IP address restriction.",
        (_because("API_KEY_IP_ADDRESS_BLOCKED"),),
    ),
    "country": error(
        400,
        "FAILED_PRECONDITION",
        "Gemini API free tier is not available in your country. Please enable billing on your project in Google AI "
        "Studio.",
    ),
    "unknown_model": _no_model("gemini-does-not-exist"),
    "bad_request": _refused('Invalid JSON payload received. Unknown name "foo": Cannot find field.'),
    "rate_limit": _exhausted(
        _QUOTA, _quota_failure("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"), _RETRY_AFTER
    ),
    "quota": _exhausted(_QUOTA, _quota_failure("GenerateRequestsPerDayPerProjectPerModel-FreeTier"), _RETRY_AFTER),
    "not_in_tier": _exhausted(
        f"{_QUOTA}\n* Quota exceeded for metric: "
        "generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-3.1-pro",
        _RETRY_AFTER,
    ),
    "credit_balance": _exhausted(
        "Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your "
        "project and billing."
    ),
    "payment_required": error(402, "PAYMENT_REQUIRED", "Your prepayment credits are depleted."),
    "server_error": error(500, "INTERNAL", "An internal error has occurred. Please retry or report in AI Studio."),
    "overloaded": json_answer({"error": _OVERLOADED}, status=503),
    "deadline": error(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
    "in_band_error": stream_answer(
        [sse(_BEGUN, newline=b"\r\n"), sse({"error": _OVERLOADED}, newline=b"\r\n")], kind="text/event-stream"
    ),
}

_HEADER_KEY = header_key("x-goog-api-key", KEY, missing=ANSWERS["no_key"], wrong=ANSWERS["bad_key"])


def _key(request: Received) -> Answer | None:
    """Accepts the key in its header or as `?key=`, but not in both, and not as a bearer token."""
    in_header, in_query = "x-goog-api-key" in request.headers, "key" in request.query
    bearer = "Authorization" in request.headers
    if in_header + in_query + bearer > 1:
        return ANSWERS["two_keys"]
    if bearer:
        return ANSWERS["standard_key"]
    if in_query:
        return None if request.query["key"] == KEY else ANSWERS["bad_key"]
    return _HEADER_KEY(request)


def signatures(request: Received) -> Answer | None:
    """Refuses a tool turn for Gemini 3 if the function call has lost its thought signature."""
    name = google.unsigned_call(request) if request.params["model"].startswith("gemini-3") else None
    if name is None:
        return None
    return _refused(
        "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
        "correctly, and missing thought_signature may lead to degraded model performance. Additional data, function "
        f"call `default_api:{name}`. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more "
        "details."
    )


def _listing(model: str) -> dict[str, Any]:
    methods = ["embedContent"] if "embedding" in model else ["generateContent", "countTokens"]
    return {
        "name": f"models/{model}",
        "version": "001",
        "displayName": model.replace("-", " ").title(),
        "description": "A simulated model",
        "inputTokenLimit": 1048576,
        "outputTokenLimit": 65536,
        "supportedGenerationMethods": methods,
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": "embedding" not in model,
    }


def _models(request: Received) -> Answer:
    """Lists up to `pageSize` models; the page token is the number of models before the page."""
    start = int(request.query.get("pageToken", 0))
    end = start + int(request.query.get("pageSize", 50))
    page: dict[str, Any] = {"models": [_listing(model) for model in MODELS.listed[start:end]]}
    if end < len(MODELS.listed):
        page["nextPageToken"] = str(end)
    return json_answer(page)


def _unknown_field(name: str) -> Answer:
    return _refused(f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.')


BODY_CHECKS = (
    json_object(_refused("Invalid JSON payload received.")),
    only_fields(
        (*google.FIELDS, "system_instruction", "tool_config", "generation_config", "safety_settings", "cached_content"),
        _unknown_field,
    ),
    required("contents", refusal=lambda _: _refused("* GenerateContentRequest.contents: contents is not specified")),
    signatures,
)
"""The checks that every generateContent API makes of a request body."""
_MODEL = known_model(MODELS, _no_model)
_BASE = "/v1beta/models/{model}"

UPSTREAM = Upstream(
    name="gemini",
    base_path="/v1beta",
    key_env="GEMINI_API_KEY",
    key=KEY,
    answers=ANSWERS,
    not_found=error(404, "NOT_FOUND", "Requested entity was not found."),
    routes=(
        Route(
            method="POST",
            path=f"{_BASE}:generateContent",
            checks=(_key, _MODEL, *BODY_CHECKS),
            respond=google.generate,
        ),
        Route(
            method="POST",
            path=f"{_BASE}:streamGenerateContent",
            checks=(_key, _MODEL, *BODY_CHECKS),
            respond=google.stream,
        ),
        Route(method="POST", path=f"{_BASE}:embedContent", checks=(_key, _MODEL), respond=google.embed),
        Route(method="POST", path=f"{_BASE}:batchEmbedContents", checks=(_key, _MODEL), respond=google.embed_batch),
        Route(method="GET", path="/v1beta/models", checks=(_key,), respond=_models, lane=Lane.PROBE),
        Route(
            method="GET",
            path=_BASE,
            checks=(_key, _MODEL),
            respond=lambda request: json_answer(_listing(request.params["model"])),
            lane=Lane.PROBE,
        ),
    ),
)
