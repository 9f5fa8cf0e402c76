"""OpenRouter: Chat Completions with reasoning details and costs, key and credit endpoints, models, embeddings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.simulator.answers import FAULTS, Answer, json_answer, stream_answer
from pointsman.simulator.conversation import Usage
from pointsman.simulator.request_checks import bearer_key, json_object, known_model, required
from pointsman.simulator.upstream import Lane, Models, Received, Route, Upstream
from pointsman.simulator.wire import chat_completions, responses
from pointsman.simulator.wire.chat_completions import Ending, choice
from pointsman.simulator.wire.embeddings import openai_embeddings
from pointsman.simulator.wire.encoding import SSE_DONE, sse

KEY = "sk-or-v1-" + "51a7ed" * 10 + "0e01"
"""Hexadecimal digits, as the shape of the keys requires."""
MODELS = Models(
    listed=("openrouter/free", "openai/gpt-oss-120b:free", "moonshotai/kimi-k2.6", "anthropic/claude-sonnet-4.5"),
    families=("*/*",),
)
PROCESSING = b": OPENROUTER PROCESSING\n\n"


def error(
    code: int,
    message: str,
    metadata: Mapping[str, Any] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Returns an error in OpenRouter's shape."""
    body: dict[str, Any] = {"code": code, "message": message}
    if metadata:
        body["metadata"] = metadata
    return json_answer({"error": body, "user_id": "user_simulated"}, status=code, headers=headers)


def _no_model(model: str) -> Answer:
    return error(404, f"No endpoints found for {model}.")


def _chunk(**fields: Any) -> dict[str, Any]:
    return {
        "id": "gen-simulated",
        "provider": "Minimax",
        "model": "minimax/minimax-m2:free",
        "object": "chat.completion.chunk",
        "created": chat_completions.CREATED,
        **fields,
    }


_BEGUN = sse(_chunk(choices=[choice({"role": "assistant", "content": "The"}, native_finish_reason=None)]))


def _failing_stream(code: int | str, message: str, **ending: Any) -> Answer:
    """Returns a stream that begins normally, then has an error with usage, and still ends with `[DONE]`."""
    empty = choice({"role": "assistant", "content": ""}, native_finish_reason=None, **ending)
    usage = {"prompt_tokens": 43, "completion_tokens": 10, "total_tokens": 53, "cost": 0, "is_byok": False}
    failed = sse(_chunk(error={"code": code, "message": message}, choices=[empty], usage=usage))
    return stream_answer([PROCESSING, _BEGUN, failed, SSE_DONE])


def _key_facts(**changes: Any) -> Answer:
    facts = {
        "label": "sk-or-v1-51a...e01",
        "limit": 100,
        "limit_remaining": 74.5,
        "limit_reset": "monthly",
        "usage": 25.5,
        "usage_daily": 1.2,
        "usage_weekly": 5,
        "usage_monthly": 25.5,
        "byok_usage": 0,
        "include_byok_in_limit": False,
        "is_free_tier": False,
        "is_management_key": False,
        "is_provisioning_key": False,
        "expires_at": None,
        "creator_user_id": "user_simulated",
        "free_model_daily_requests": {"used": 3, "limit": 50, "remaining": 47},
        "organization_id": None,
        "workspace_id": "workspace_simulated",
        "rate_limit": {"requests": -1, "interval": "10s", "note": "deprecated"},
    }
    return json_answer({"data": {**facts, **changes}})


def _credits(total: float, used: float) -> Answer:
    return json_answer({"data": {"total_credits": total, "total_usage": used}})


_FREE_LIMITS = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795305600000"}

ANSWERS: Mapping[str, Answer] = {
    **FAULTS,
    "bad_key": json_answer({"error": {"message": "User not found.", "code": 401}}, status=401),
    "no_key": json_answer({"error": {"message": "Missing Authentication header", "code": 401}}, status=401),
    "unknown_model": _no_model("vendor/unknown"),
    "context_length": error(
        400,
        "This endpoint's maximum context length is 131072 tokens. However, you requested about 200000 tokens.",
        {"error_type": "context_length_exceeded"},
    ),
    "credit_balance": error(
        402,
        "Insufficient credits. Add more using https://openrouter.ai/credits",
        {"limit_source": "openrouter_credits"},
    ),
    "key_limit_402": error(402, "This request exceeds the key's limit.", {"limit_source": "openrouter_key_limit"}),
    "in_flight_budget": error(
        402,
        "This request would exceed your available credits given your current in-flight requests.",
        {"limit_source": "openrouter_in_flight_budget"},
        headers={"Retry-After": "1"},
    ),
    "key_limit": error(403, "Key limit exceeded (monthly limit). Manage it using https://openrouter.ai/settings/keys"),
    "budget_limit": error(
        403,
        "Budget limit exceeded",
        {"scope": "workspace", "limit_usd": 100, "spend_usd": 100.2, "resets_at": "2026-12-01T00:00:00Z"},
    ),
    "moderation": error(
        403,
        "Input was flagged by moderation",
        {"reasons": ["violence"], "flagged_input": "…", "provider_name": "OpenAI"},
    ),
    "timeout": error(408, "Request timed out."),
    "quota": error(
        429,
        "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day",
        {"headers": _FREE_LIMITS},
        headers=_FREE_LIMITS,
    ),
    "rate_limit": error(429, "Rate limit exceeded: free-models-per-min. "),
    "upstream_rate_limit": error(
        429,
        "Provider returned error",
        {
            "provider_name": "Google",
            "raw": "google/gemini-2.0-flash-exp:free is temporarily rate-limited upstream. Please retry shortly, or "
            "add your own key to accumulate your rate limits: https://openrouter.ai/settings/integrations",
        },
    ),
    "server_error": error(500, "Internal Server Error"),
    "provider_unavailable": error(502, "Provider returned error", {"error_type": "provider_unavailable"}),
    "overloaded": error(503, "Provider overloaded", {"error_type": "provider_overloaded"}),
    "overloaded_529": error(529, "Provider overloaded", {"error_type": "provider_overloaded"}),
    "in_band_error": _failing_stream(400, "Token limit reached"),
    "in_band_error_documented": _failing_stream(502, "Provider disconnected unexpectedly", finish="error"),
    "in_band_error_string_code": _failing_stream("server_error", "Provider disconnected unexpectedly"),
    "in_band_error_first": stream_answer(
        [PROCESSING, sse(_chunk(choices=[], error={"code": 502, "message": "Provider returned error"})), SSE_DONE]
    ),
    "key_exhausted": _key_facts(limit_remaining=0, usage=100),
    "key_unlimited": _key_facts(limit=None, limit_remaining=None, limit_reset=None),
    "key_free_tier": _key_facts(is_free_tier=True),
    "key_management": _key_facts(is_management_key=True),
    "credits_empty": _credits(10, 10.02),
}


def _thinks(body: Mapping[str, Any]) -> bool:
    wanted = body.get("reasoning")
    if not isinstance(wanted, dict):
        return chat_completions.asks_for_effort(body)
    return wanted.get("effort") != "none" and wanted.get("enabled") is not False and not wanted.get("exclude")


def _reasoning(text: str) -> dict[str, Any]:
    detail = {"type": "reasoning.text", "text": text, "index": 0, "format": None}
    return {"reasoning": text, "reasoning_details": [detail]}


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        **chat_completions.plain_usage(usage),
        "cost": 0.000021,
        "is_byok": False,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    }


def _ending(ending: Ending) -> list[dict[str, Any]]:
    """Sends the finish reason, then always usage, in a chunk that still has a choice."""
    empty = {"role": "assistant", "content": ""}
    native = {"native_finish_reason": ending.finish}
    return [
        ending.chunk([choice(empty, finish=ending.finish, **native)]),
        ending.chunk([choice(empty, **native)], usage=ending.usage),
    ]


_CHAT = chat_completions.Dialect(
    id_prefix="gen-1795200000-",
    envelope={"provider": "Simulated"},
    headers={"X-Generation-Id": "gen-simulated"},
    thinks=_thinks,
    reasoning=_reasoning,
    usage=_usage,
    ending=_ending,
    prelude=PROCESSING * 2,
)
_KEY = bearer_key(KEY, missing=ANSWERS["no_key"], wrong=ANSWERS["bad_key"])
_BODY = json_object(error(400, "Invalid JSON in request body"))
_MODEL = known_model(MODELS, _no_model)


def _missing(name: str) -> Answer:
    return error(400, f"Input required: specify {name!r}")


def _listing(model: str) -> dict[str, Any]:
    return {
        "id": model,
        "canonical_slug": model.partition(":")[0],
        "name": model,
        "created": chat_completions.CREATED,
        "context_length": 131072,
        "architecture": {"input_modalities": ["text"], "output_modalities": ["text"], "tokenizer": "Other"},
        "pricing": {
            "prompt": "0.0000006",
            "completion": "0.0000025",
            "input_cache_read": "0.00000015",
            "overrides": [],
        },
        "top_provider": {"context_length": 131072, "max_completion_tokens": 32768, "is_moderated": False},
        "supported_parameters": ["max_tokens", "reasoning", "response_format", "temperature", "tools"],
        "reasoning": {"mandatory": False, "supported_efforts": ["low", "medium", "high"], "default_effort": "medium"},
        "expiration_date": None,
    }


def _models(request: Received) -> Answer:
    return json_answer({"data": [_listing(model) for model in MODELS.listed]})


def _facts(request: Received) -> Answer:
    return _key_facts()


UPSTREAM = Upstream(
    name="openrouter",
    base_path="/api/v1",
    key_env="OPENROUTER_API_KEY",
    key=KEY,
    answers=ANSWERS,
    not_found=error(404, "Not Found"),
    routes=(
        Route(
            method="POST",
            path="/api/v1/chat/completions",
            checks=(_KEY, _BODY, required("messages", refusal=_missing), _MODEL),
            respond=chat_completions.responder(_CHAT),
        ),
        Route(
            method="POST",
            path="/api/v1/responses",
            checks=(_KEY, _BODY, required("input", refusal=_missing), _MODEL),
            respond=responses.respond,
        ),
        Route(
            method="POST",
            path="/api/v1/embeddings",
            checks=(_KEY, _BODY, required("input", refusal=_missing), _MODEL),
            respond=openai_embeddings,
        ),
        Route(method="GET", path="/api/v1/key", checks=(_KEY,), respond=_facts, lane=Lane.PROBE),
        Route(method="GET", path="/api/v1/auth/key", checks=(_KEY,), respond=_facts, lane=Lane.PROBE),
        Route(
            method="GET",
            path="/api/v1/credits",
            checks=(_KEY,),
            respond=lambda _: _credits(110.5, 25.75),
            lane=Lane.PROBE,
        ),
        Route(method="GET", path="/api/v1/models", respond=_models, lane=Lane.PROBE),
    ),
)
