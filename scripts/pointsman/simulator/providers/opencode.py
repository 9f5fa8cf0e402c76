"""OpenCode Zen, and the parts that Zen and Go share: four wire families on one host, each model on one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from pointsman.simulator.answers import FAULTS, Answer, json_answer, stream_answer
from pointsman.simulator.providers import claude, gemini
from pointsman.simulator.request_checks import bearer_key, header_key, json_object, required
from pointsman.simulator.upstream import Check, Lane, Received, Responder, Route, Upstream
from pointsman.simulator.wire import chat_completions, google, messages, responses
from pointsman.simulator.wire.encoding import SSE_DONE, sse

KEY = "sk-" + ("simulated" * 7)[:60] + "opc1"
CONSOLE_KEY = "oc_sk_51a7ed51a7ed_simulated"
"""A key of the new shape; only the console's endpoint accepts it here."""
BILLING = "https://opencode.ai/workspace/wrk_simulated/billing"


def error(status: int, kind: str, message: str, *, headers: Mapping[str, str] | None = None, **extra: Any) -> Answer:
    """Returns an error in OpenCode's shape."""
    return json_answer(messages.error_body(kind, message, **extra), status=status, headers=headers)


def used_up(window: str, message: str) -> Answer:
    """Returns the answer of a Go plan whose quota for the window is used up."""
    return error(
        429,
        "GoUsageLimitError",
        message,
        headers={"retry-after": "68400"},
        metadata={"workspace": "wrk_simulated", "limitName": window},
    )


ANSWERS: Mapping[str, Answer] = {
    **FAULTS,
    "bad_key": error(401, "AuthError", "Invalid API key."),
    "no_key": error(401, "AuthError", "Missing API key."),
    "bad_key_usage": error(401, "AuthError", "Unauthorized"),
    "credit_balance": error(401, "CreditsError", f"Insufficient balance. Manage your billing here: {BILLING}"),
    "no_payment_method": error(401, "CreditsError", f"No payment method. Add a payment method here: {BILLING}"),
    "monthly_limit": error(401, "MonthlyLimitError", "Your workspace has reached its monthly spending limit."),
    "user_limit": error(401, "UserLimitError", "You have reached your monthly spending limit."),
    "wrong_format": error(401, "ModelError", "Model grok-4.6 is not supported for format oa-compat"),
    "unknown_model": error(401, "ModelError", "Model unknown is not supported"),
    "zen_only": error(403, "EntitlementError", "OpenCode Go subscription required."),
    "region": error(403, "RegionError", "This model is not available in your country."),
    "free_tier": error(403, "FreeTierError", "OpenCode's free tier can only be used from within OpenCode"),
    "deprecated": error(410, "ModelDeprecated", "Model kimi-k2 is deprecated."),
    "old_client": error(426, "UpgradeRequired", "A newer client is required."),
    "rate_limit": error(
        429, "RateLimitError", "Rate limit exceeded. Please try again later.", headers={"retry-after": "60"}
    ),
    "quota": used_up("weekly", "Weekly usage limit reached. Resets in 19hr 3min."),
    "quota_5_hour": used_up("5 hour", "5-hour usage limit reached. Resets in 2hr 11min."),
    "quota_monthly": used_up("monthly", "Subscription quota exceeded. You can continue using free models."),
    "free_usage": error(
        429, "FreeUsageLimitError", "Rate limit exceeded. Please try again later.", headers={"retry-after": "3600"}
    ),
    "server_error": error(500, "error", "Internal server error"),
    "overloaded": error(503, "error", "Inference routing is unavailable. Please retry later."),
    "in_band_error": stream_answer(
        [
            sse(
                {
                    "id": "chatcmpl-simulated",
                    "object": "chat.completion.chunk",
                    "created": chat_completions.CREATED,
                    "model": "glm-5.3",
                    "choices": [chat_completions.choice({"role": "assistant", "content": "The"})],
                }
            ),
            sse({"error": {"message": "Upstream error", "type": "server_error", "code": 502}}),
        ]
    ),
    "in_band_error_messages": claude.ANSWERS["in_band_error"],
    "in_band_error_responses": responses.failed_stream("server_error", "Upstream error", model="gpt-5.6"),
    "in_band_error_google": gemini.ANSWERS["in_band_error"],
}
"""`in_band_error` is for Chat Completions; each other family has a separate one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Maps each model to its wire family: the first one with a matching glob."""

    families: Mapping[str, tuple[str, ...]]
    """`anthropic`, `google`, `openai` (Responses) and `oa-compat` (Chat Completions), each with its globs."""
    listed: tuple[str, ...]

    def family(self, model: str) -> str | None:
        """Returns the family of a model, or None if the model is not in the catalog."""
        if model.startswith("unknown"):
            return None
        fits = (name for name, globs in self.families.items() if any(fnmatchcase(model, glob) for glob in globs))
        return next(fits, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One wire family: its path, its key header, and its end of a stream."""

    name: str
    path: str
    respond: Responder
    key: Check
    checks: tuple[Check, ...]
    cost: bytes
    """The extra chunk with the cost."""


def _header(name: str) -> Check:
    return header_key(name, KEY, missing=ANSWERS["no_key"], wrong=ANSWERS["bad_key"])


def _missing(name: str) -> Answer:
    return error(400, "invalid_request_error", f"{name}: Field required")


_BEARER = bearer_key(KEY, missing=ANSWERS["no_key"], wrong=ANSWERS["bad_key"])
_PING = {"type": "ping", "cost": "0"}
_DIALECT = chat_completions.Dialect(reasoning=chat_completions.reasoning_content)
FAMILIES = (
    Family(
        name="oa-compat",
        path="/chat/completions",
        respond=chat_completions.responder(_DIALECT),
        key=_BEARER,
        checks=(required("messages", refusal=_missing),),
        cost=sse({"choices": [], "cost": "0"}),
    ),
    Family(
        name="openai",
        path="/responses",
        respond=responses.respond,
        key=_BEARER,
        checks=(required("input", refusal=_missing),),
        cost=sse(_PING, event="ping"),
    ),
    Family(
        name="anthropic",
        path="/messages",
        respond=messages.responder(messages.Dialect()),
        key=_header("x-api-key"),
        checks=claude.MESSAGE_CHECKS,
        cost=sse(_PING, event="ping"),
    ),
    Family(
        name="google",
        path="/models/{model}:generateContent",
        respond=google.generate,
        key=_header("x-goog-api-key"),
        checks=gemini.BODY_CHECKS,
        cost=sse(_PING),
    ),
    Family(
        name="google",
        path="/models/{model}:streamGenerateContent",
        respond=google.stream,
        key=_header("x-goog-api-key"),
        checks=gemini.BODY_CHECKS,
        cost=sse(_PING),
    ),
)
_BODY = json_object(error(400, "error", "Missing request body"))


def inference_routes(base: str, catalog: Catalog, console: str, *checks: Check) -> tuple[Route, ...]:
    """Returns the generation routes under a base path; `checks` follow the key check.

    The checks run in the gateway's order: model and format, free tier, key, and last those of the provider behind it.
    """
    return tuple(
        Route(
            method="POST",
            path=base + family.path,
            checks=(
                _BODY,
                _served(catalog, family.name),
                _free_tier,
                family.key,
                *checks,
                *(_from_provider(check, console) for check in family.checks),
            ),
            respond=_with_cost(family),
        )
        for family in FAMILIES
    )


def account_routes(catalog: Catalog, base: str) -> tuple[Route, ...]:
    """Returns the public model list and the endpoints that verify a key."""
    return (
        Route(method="GET", path=f"{base}/models", respond=lambda _: _models(catalog), lane=Lane.PROBE),
        Route(
            method="GET",
            path="/zen/go/v1/usage",
            checks=(bearer_key(KEY, missing=ANSWERS["no_key"], wrong=ANSWERS["bad_key_usage"]),),
            respond=_usage,
            lane=Lane.PROBE,
        ),
        Route(
            method="GET",
            path="/console/api/v2/config",
            checks=(bearer_key(CONSOLE_KEY, missing=ANSWERS["no_key"], wrong=ANSWERS["bad_key_usage"]),),
            respond=lambda _: json_answer({"workspace": {"id": "wrk_simulated"}}),
            lane=Lane.PROBE,
        ),
    )


def _served(catalog: Catalog, family: str) -> Check:
    def check(request: Received) -> Answer | None:
        model = str(request.params.get("model") or request.fields.get("model", ""))
        served_by = catalog.family(model)
        if served_by == family:
            return None
        wrong = f" for format {family}" if served_by else ""
        return error(401, "ModelError", f"Model {model} is not supported{wrong}")

    return check


def _free_tier(request: Received) -> Answer | None:
    model = str(request.params.get("model") or request.fields.get("model", ""))
    return ANSWERS["free_tier"] if model.endswith("-free") else None


def _from_provider(check: Check, console: str) -> Check:
    """Converts a provider's refusal to the gateway's: with a prefix, without its headers, and 400 instead of 404."""

    def gateway_check(request: Received) -> Answer | None:
        refusal = check(request)
        if refusal is None:
            return None
        body = json.loads(refusal.body)
        body["error"]["message"] = f"Error from provider ({console}): {body['error']['message']}"
        return json_answer(body, status=400 if refusal.status == 404 else refusal.status)

    return gateway_check


def _with_cost(family: Family) -> Responder:
    def respond(request: Received) -> Answer:
        answer = family.respond(request)
        if answer.stream is None:
            body = json.loads(answer.body)
            return answer if isinstance(body, list) else json_answer({**body, "cost": "0"})
        done = answer.stream[-1:] if answer.stream[-1] == SSE_DONE else ()
        return replace(answer, stream=(*answer.stream[: len(answer.stream) - len(done)], family.cost, *done))

    return respond


def _models(catalog: Catalog) -> Answer:
    created = chat_completions.CREATED
    entries = [{"id": id_, "object": "model", "created": created, "owned_by": "opencode"} for id_ in catalog.listed]
    return json_answer({"object": "list", "data": entries})


def _usage(request: Received) -> Answer:
    windows = {
        "rolling": (15, "2026-11-21T12:00:00Z"),
        "weekly": (40, "2026-11-23T00:00:00Z"),
        "monthly": (22, "2026-12-01T00:00:00Z"),
    }
    usage = {
        name: {"status": "ok", "percent": percent, "resetsAt": until} for name, (percent, until) in windows.items()
    }
    return json_answer({"usage": usage})


_ZEN = Catalog(
    families={
        "anthropic": ("claude-*", "qwen3.5-plus", "qwen3.6-plus", "qwen3.8-flash"),
        "google": ("gemini-*",),
        "openai": ("gpt-*", "grok-*", "muse-*"),
        "oa-compat": ("*",),
    },
    listed=("claude-sonnet-4-5", "gemini-3.1-pro", "gpt-5.6", "grok-4.7", "kimi-k2.6", "glm-5.3", "big-pickle"),
)

UPSTREAM = Upstream(
    name="opencode",
    base_path="/zen/v1",
    key_env="OPENCODE_API_KEY",
    key=KEY,
    answers=ANSWERS,
    not_found=error(404, "error", "Not Found"),
    routes=(*inference_routes("/zen/v1", _ZEN, "Console"), *account_routes(_ZEN, "/zen/v1")),
)
