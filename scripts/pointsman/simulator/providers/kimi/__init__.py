"""Kimi Code (`kimi`) and the Moonshot platform (`moonshot`): both protocols, and Kimi's request checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pointsman.simulator.answers import Answer, json_answer
from pointsman.simulator.conversation import Usage
from pointsman.simulator.providers.kimi import refusals
from pointsman.simulator.providers.kimi.answers import CODING_ERRORS, PLATFORM_ERRORS, SHARED
from pointsman.simulator.request_checks import bearer_key, header_key, json_object, required
from pointsman.simulator.upstream import Check, Lane, Models, Received, Responder, Route, Upstream
from pointsman.simulator.wire import chat_completions, messages

CODING_KEY = "sk-kimi-" + ("simulated" * 8)[:64]
PLATFORM_KEY = "sk-" + ("simulated" * 6)[:48]
CODING_MODELS = ("kimi-for-coding", "kimi-for-coding-highspeed", "k3", "k3-256k", "k3.1-pro", "k3.1-pro-highspeed")
PLATFORM_MODELS = Models(
    listed=(
        "kimi-k3.1-pro",
        "kimi-k3.1-pro-highspeed",
        "kimi-k3",
        "kimi-k2.7-code",
        "kimi-k2.7-code-highspeed",
        "kimi-k2.6",
    ),
    families=(),
)


def kimi_usage(usage: Usage) -> dict[str, Any]:
    """Returns usage as Kimi's chat reports it: cached tokens in two fields, or in none if there are none."""
    counted: dict[str, Any] = {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
    }
    if usage.cached:
        counted |= {"cached_tokens": usage.cached, "prompt_tokens_details": {"cached_tokens": usage.cached}}
    if usage.reasoning:
        counted["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning}
    return counted


def kimi_ending(ending: chat_completions.Ending) -> list[dict[str, Any]]:
    """Puts usage into the last choice and, if requested, also into a separate chunk."""
    last = ending.chunk([chat_completions.choice({}, finish=ending.finish, usage=ending.usage)])
    return [last, ending.chunk([], usage=ending.usage)] if ending.usage_asked else [last]


def messages_usage(usage: Usage) -> dict[str, Any]:
    """Returns usage as Kimi's Anthropic protocol reports it: Anthropic's fields, and the prompt's total."""
    counted = messages.anthropic_usage(usage)
    return {**counted, "prompt_tokens": usage.prompt, "cached_tokens": usage.cached}


CHAT = chat_completions.Dialect(
    call_prefix="functions.call:",
    envelope={"system_fingerprint": "fpv0_25844b67"},
    headers={"x-trace-id": "simulated"},
    thinks=refusals.thinks,
    reasoning=chat_completions.reasoning_content,
    usage=kimi_usage,
    ending=kimi_ending,
)
_MESSAGES = messages.responder(messages.Dialect(usage=messages_usage, headers={"x-trace-id": "simulated"}))


def respond_messages(request: Received) -> Answer:
    """Answers a Messages request; the model thinks unless the request disables it."""
    if not refusals.thinks(request.fields):
        return _MESSAGES(request)
    return _MESSAGES(replace(request, json={**request.fields, "thinking": {"type": "adaptive"}}))


def _coding_model(request: Received) -> Answer | None:
    model = str(request.fields.get("model"))
    if model in CODING_MODELS:
        return None
    meant = "k3" if model in ("kimi-k3", "k3[1m]") else "kimi-for-coding"
    return refusals.error(
        401,
        "authentication_error",
        f"Your model id does not exist, recognized as other:{model}. Please set model id as `{meant}`.",
    )


def _platform_model(request: Received) -> Answer | None:
    model = str(request.fields.get("model"))
    if PLATFORM_MODELS.serves(model):
        return None
    return refusals.error(404, "resource_not_found_error", f"Not found the model {model} or Permission denied")


def _key(key: str, errors: Mapping[str, Answer], *, anthropic: str = "bad_key") -> Check:
    by_header = header_key("x-api-key", key, missing=errors[anthropic], wrong=errors[anthropic])
    by_bearer = bearer_key(key, missing=errors["bad_key"], wrong=errors["bad_key"])

    def check(request: Received) -> Answer | None:
        return by_header(request) if "x-api-key" in request.headers else by_bearer(request)

    return check


_BODY = json_object(refusals.invalid("Invalid request: the body is not JSON"))
_NAMED = required("model", refusal=lambda name: refusals.invalid(f"Invalid request: {name} is required"))
_CHAT_CHECKS = (refusals.sampling, refusals.thinking, refusals.tools, refusals.messages)
_MESSAGES_CHECKS = (
    required(
        "max_tokens", refusal=lambda name: refusals.anthropic_error(400, "invalid_request_error", f"{name} missing")
    ),
    refusals.no_sampling,
    refusals.anthropic_messages,
)


def _probe(method: str, path: str, key: Check, payload: Any) -> Route:
    return Route(method=method, path=path, checks=(key,), respond=lambda _: json_answer(payload), lane=Lane.PROBE)


def _generation(path: str, checks: tuple[Check, ...], respond: Responder) -> Route:
    return Route(method="POST", path=path, checks=(*checks, _BODY, _NAMED), respond=respond)


def _coding_listing(model: str) -> dict[str, Any]:
    efforts = {"support": True, "valid_efforts": ["low", "high", "max"], "default_effort": "max"}
    highspeed = model == "kimi-for-coding-highspeed"
    return {
        "id": model,
        "created": 1761264000,
        "object": "model",
        "display_name": model,
        "type": "model",
        "context_length": 262144 if highspeed or model.endswith("256k") else 1048576,
        "supports_reasoning": True,
        "supports_image_in": True,
        "supports_video_in": model != "k3-256k",
        "supports_dynamic_tools": not highspeed,
        "supports_thinking_type": "only",
        **({} if highspeed else {"think_efforts": efforts}),
    }


CODING_LIST = {"data": [_coding_listing(model) for model in CODING_MODELS], "object": "list", "has_more": False}
PLATFORM_LIST = {
    "object": "list",
    "data": [{"id": model, "object": "model", "owned_by": "moonshot"} for model in PLATFORM_MODELS.listed],
}
USAGES = {
    "user": {"userId": "u-simulated", "region": "REGION_OVERSEA", "membership": {"level": "LEVEL_BASIC"}},
    "usage": {"limit": "100", "remaining": "74", "resetTime": "2026-11-26T12:10:02Z"},
    "limits": [
        {
            "window": {"duration": 300, "timeUnit": "TIME_UNIT_MINUTE"},
            "detail": {"limit": "100", "used": "46", "remaining": "54", "resetTime": "2026-11-21T09:10:02Z"},
        }
    ],
    "usages": {"limit_5h": {"used_ratio": 0.46, "reset_time": "2026-11-21T09:10:02Z"}},
    "parallel": {"limit": "10"},
    "authentication": {"method": "METHOD_API_KEY", "scope": "FEATURE_CODING"},
}
BALANCE = {
    "code": 0,
    "data": {"available_balance": 49.58, "voucher_balance": 46.58, "cash_balance": 3.0},
    "scode": "0x0",
    "status": True,
}

_CODING_KEY = _key(CODING_KEY, CODING_ERRORS, anthropic="bad_key_anthropic")
_PLATFORM_KEY = _key(PLATFORM_KEY, PLATFORM_ERRORS)

CODING = Upstream(
    name="kimi",
    base_path="/coding/v1",
    key_env="KIMI_API_KEY",
    key=CODING_KEY,
    answers={**SHARED, **CODING_ERRORS},
    not_found=refusals.error(404, "resource_not_found_error", "The requested method was not found"),
    routes=(
        _generation(
            "/coding/v1/chat/completions",
            (_CODING_KEY, refusals.listed_agent, _coding_model, refusals.size(2_097_152), *_CHAT_CHECKS),
            chat_completions.responder(CHAT),
        ),
        _generation(
            "/coding/v1/messages",
            (_CODING_KEY, _coding_model, refusals.size(2_097_152), *_MESSAGES_CHECKS),
            respond_messages,
        ),
        Route(
            method="POST",
            path="/coding/v1/messages/count_tokens",
            checks=(_CODING_KEY,),
            respond=messages.count_tokens,
            lane=Lane.PROBE,
        ),
        _probe("GET", "/coding/v1/models", _CODING_KEY, CODING_LIST),
        _probe("GET", "/coding/v1/usages", _CODING_KEY, USAGES),
    ),
)

PLATFORM = Upstream(
    name="moonshot",
    base_path="/v1",
    key_env="MOONSHOT_API_KEY",
    key=PLATFORM_KEY,
    answers={**SHARED, **PLATFORM_ERRORS},
    not_found=refusals.error(404, "resource_not_found_error", "The requested method was not found"),
    routes=(
        _generation(
            "/v1/chat/completions",
            (_PLATFORM_KEY, _platform_model, *_CHAT_CHECKS),
            chat_completions.responder(CHAT),
        ),
        _generation("/anthropic/v1/messages", (_PLATFORM_KEY, _platform_model, *_MESSAGES_CHECKS), respond_messages),
        _probe("GET", "/v1/models", _PLATFORM_KEY, PLATFORM_LIST),
        _probe("GET", "/v1/users/me/balance", _PLATFORM_KEY, BALANCE),
        _probe("POST", "/v1/tokenizers/estimate-token-count", _PLATFORM_KEY, {"data": {"total_tokens": 80}}),
    ),
)

UPSTREAMS = (CODING, PLATFORM)
