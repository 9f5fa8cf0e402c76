"""OpenAI, api.openai.com: Chat Completions, Responses, embeddings, models."""

from __future__ import annotations

from collections.abc import Mapping

from pointsman.simulator.answers import FAULTS, Answer, json_answer, stream_answer
from pointsman.simulator.request_checks import bearer_key, json_object, known_model, only_fields, required
from pointsman.simulator.upstream import Lane, Models, Received, Route, Upstream
from pointsman.simulator.wire import chat_completions, responses
from pointsman.simulator.wire.embeddings import openai_embeddings
from pointsman.simulator.wire.encoding import sse

KEY = "sk-proj-" + ("simulated" * 9)[:74] + "T3BlbkFJ" + ("simulated" * 9)[:70] + "oai1"
MODELS = Models(
    listed=("gpt-5.6", "gpt-6-luna", "gpt-5-mini", "gpt-4o-mini", "text-embedding-3-small"),
    families=("gpt-*", "chatgpt-*", "codex-*", "o[0-9]*", "text-embedding-*"),
)
RATE_HEADERS = {
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-limit-tokens": "200000",
    "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-remaining-tokens": "199980",
    "x-ratelimit-reset-requests": "8.64s",
    "x-ratelimit-reset-tokens": "6ms",
    "x-request-id": "req_simulated",
}
CHAT_FIELDS = (
    "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens",
    "max_tokens", "messages", "metadata", "modalities", "model", "moderation", "n", "parallel_tool_calls",
    "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
    "reasoning_effort", "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream",
    "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity",
    "web_search_options",
)  # fmt: skip


def error(
    status: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    code: str | None = None,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Returns an error in OpenAI's shape."""
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return json_answer(body, status=status, headers={"x-request-id": "req_simulated", **(headers or {})})


def _no_model(model: str) -> Answer:
    return error(404, f"The model `{model}` does not exist or you do not have access to it.", code="model_not_found")


def _quota(code: str, message: str) -> Answer:
    return error(429, message, kind="insufficient_quota", code=code)


_QUOTA = (
    "You exceeded your current quota, please check your plan and billing details. For more information on this "
    "error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
)
_RATE = (
    "Rate limit reached for gpt-4o-mini in organization org-simulated on requests per min (RPM): Limit 500, Used 500, "
    "Requested 1. Please try again in 120ms."
)

ANSWERS: Mapping[str, Answer] = {
    **FAULTS,
    "bad_key": error(
        401,
        "Incorrect API key provided: sk-proj-****************oai1. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    ),
    "no_key": error(401, "Missing bearer or basic authentication in header"),
    "missing_scope": error(
        403, "You have insufficient permissions for this operation. Missing scopes: api.model.read."
    ),
    "region": error(
        403,
        "Country, region, or territory not supported",
        kind="request_forbidden",
        code="unsupported_country_region_territory",
    ),
    "model_forbidden": error(
        403, "Project proj_simulated does not have access to model gpt-5.6", code="model_not_found"
    ),
    "unknown_model": _no_model("gpt-does-not-exist"),
    "bad_request": error(
        400,
        "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
        param="temperature",
        code="decimal_below_min_value",
    ),
    "unverified_organization": error(
        400,
        "Your organization must be verified to stream this model.",
        param="stream",
        code="unsupported_value",
    ),
    "rate_limit": error(
        429,
        _RATE,
        kind="requests",
        code="rate_limit_exceeded",
        headers={
            **RATE_HEADERS,
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-requests": "120ms",
            "retry-after": "1",
        },
    ),
    "slow_down": error(429, "Slow down", kind="requests", code="slow_down", headers={"retry-after": "1"}),
    "quota": _quota("insufficient_quota", _QUOTA),
    "credit_balance": _quota("credit_balance_exhausted", "Your credit balance is exhausted."),
    "organization_spend_limit": _quota(
        "organization_spend_limit_exceeded", "Your organization has reached its spend limit."
    ),
    "project_spend_limit": _quota("project_spend_limit_exceeded", "Your project has reached its spend limit."),
    "organization_usage_limit": _quota(
        "organization_usage_limit_exceeded", "Your organization has reached its usage limit."
    ),
    "server_error": error(
        500, "The server had an error while processing your request. Sorry about that!", kind="server_error"
    ),
    "overloaded": error(
        503,
        "That model is currently overloaded with other requests.",
        kind="server_error",
        code="server_is_overloaded",
    ),
    "in_band_error": stream_answer(
        [
            sse(
                {
                    "id": "chatcmpl-simulated",
                    "object": "chat.completion.chunk",
                    "created": chat_completions.CREATED,
                    "model": "gpt-4o-mini",
                    "choices": [chat_completions.choice({"role": "assistant", "content": "The"})],
                }
            ),
            sse(
                {
                    "error": {
                        "message": "The server had an error processing your request.",
                        "type": "server_error",
                        "param": None,
                        "code": None,
                    }
                }
            ),
        ]
    ),
    "responses_in_band_quota": responses.failed_stream("insufficient_quota", _QUOTA, model="gpt-5.6"),
}

_CHAT = chat_completions.Dialect(
    envelope={"service_tier": "default", "system_fingerprint": "fp_simulated"},
    headers=RATE_HEADERS,
    announces_usage=True,
    writes_empty_arguments=True,
)
_KEY = bearer_key(KEY, missing=ANSWERS["no_key"], wrong=ANSWERS["bad_key"])
_BODY = json_object(error(400, "We could not parse the JSON body of your request."))
_MODEL = known_model(MODELS, _no_model)


def _missing(name: str) -> Answer:
    return error(400, f"Missing required parameter: '{name}'.", param=name, code="missing_required_parameter")


def _unknown_field(name: str) -> Answer:
    return error(400, f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")


def _listing(model: str) -> dict[str, object]:
    return {
        "id": model,
        "object": "model",
        "created": 1721172741,
        "owned_by": "system",
        "shutdown_date": {"gpt-4o-mini": "2026-12-31", "gpt-5-mini": "2026-12-11"}.get(model),
    }


def _models(request: Received) -> Answer:
    return json_answer({"object": "list", "data": [_listing(model) for model in MODELS.listed]})


def _one_model(request: Received) -> Answer:
    return json_answer(_listing(request.params["model"]))


UPSTREAM = Upstream(
    name="openai",
    base_path="/v1",
    key_env="OPENAI_API_KEY",
    key=KEY,
    answers=ANSWERS,
    not_found=error(404, "Invalid URL"),
    routes=(
        Route(
            method="POST",
            path="/v1/chat/completions",
            checks=(
                _KEY,
                _BODY,
                required("model", "messages", refusal=_missing),
                only_fields(CHAT_FIELDS, _unknown_field),
                _MODEL,
            ),
            respond=chat_completions.responder(_CHAT),
        ),
        Route(
            method="POST",
            path="/v1/responses",
            checks=(
                _KEY,
                _BODY,
                required("model", "input", refusal=_missing),
                only_fields(responses.FIELDS, _unknown_field),
                _MODEL,
            ),
            respond=responses.respond,
        ),
        Route(
            method="POST",
            path="/v1/embeddings",
            checks=(_KEY, _BODY, required("model", "input", refusal=_missing), _MODEL),
            respond=openai_embeddings,
        ),
        Route(method="GET", path="/v1/models", checks=(_KEY,), respond=_models, lane=Lane.PROBE),
        Route(method="GET", path="/v1/models/{model}", checks=(_KEY, _MODEL), respond=_one_model, lane=Lane.PROBE),
    ),
)
