"""Ollama Cloud, ollama.com: Ollama's APIs behind a bearer key; its model lists are public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.simulator.answers import FAULTS, Answer, json_answer, text_answer
from pointsman.simulator.providers import ollama
from pointsman.simulator.request_checks import bearer_key, known_model, required
from pointsman.simulator.upstream import INVENTED, Lane, Models, Received, Route, Upstream
from pointsman.simulator.wire import chat_completions
from pointsman.simulator.wire import ollama as wire
from pointsman.simulator.wire.embeddings import openai_embeddings

KEY = "51a7ed00" * 4 + ".simulated-key-00000-ocl1"
MODELS = Models(
    listed=("gpt-oss:120b", "glm-5.2", "kimi-k3", "gemma4:31b"),
    never=(*INVENTED, "*:cloud", "*-cloud"),
)
"""This API does not accept names with the daemon's cloud suffix."""
REFERENCE = "(ref: 5131a7ed-0000-4000-8000-000000000000)"


def error(status: int, message: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    """Returns an error in the shape of the inference servers, with a reference."""
    return json_answer({"error": f"{message} {REFERENCE}"}, status=status, headers=headers)


def _no_model(model: str) -> Answer:
    return error(404, f'model "{model}" not found')


def _used_up(window: str) -> Answer:
    return error(
        429,
        f"you (simulated) have reached your {window} usage limit, upgrade for higher limits: https://ollama.com/upgrade",
    )


def _balance(included: Mapping[str, Any], purchased: float = 25) -> Answer:
    return json_answer({"included": included, "purchased": {"balance_usd": purchased}})


_PERIOD = {"from": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}
_POOL = {"balance_usd": 72.5, "allowance_usd": 100, "period": _PERIOD}

ANSWERS: Mapping[str, Answer] = {
    **FAULTS,
    "bad_key": json_answer({"error": "Unauthorized"}, status=401),
    "bad_key_lowercase": json_answer({"error": "unauthorized"}, status=401),
    "extra_usage": error(
        402,
        "this model uses extra usage only (not included plan usage) and your extra usage balance is empty, add extra "
        "usage at https://ollama.com/settings",
    ),
    "subscription": error(403, "this model requires a subscription, upgrade for access: https://ollama.com/upgrade"),
    "suspended": json_answer({"error": "account suspended"}, status=403),
    "unknown_model": _no_model("unknown"),
    "retired": error(410, 'model "kimi-k2:1t" was retired'),
    "quota": _used_up("weekly"),
    "quota_hourly": _used_up("hourly"),
    "quota_session": _used_up("session"),
    "quota_monthly": _used_up("monthly"),
    "rate_limit": error(429, "too many concurrent requests"),
    "slot_timeout": error(429, "timed out waiting for a concurrent request slot"),
    "server_error": error(500, "unmarshal: invalid character 'I' looking for beginning of value"),
    "overloaded": error(503, "Server overloaded, please retry shortly"),
    "in_band_error": ollama.in_band_error("gpt-oss:120b", f"Internal Server Error {REFERENCE}"),
    "balance_empty": _balance({**_POOL, "balance_usd": 0}, 0),
    "balance_old_plan": _balance(
        {
            "session": {"remaining_percent": 60, "resets_at": "2026-11-21T12:00:00Z"},
            "weekly": {"remaining_percent": 35, "resets_at": "2026-11-23T00:00:00Z"},
        }
    ),
    "balance_limited": json_answer({"error": "too many requests"}, status=429, headers={"Retry-After": "42"}),
}

_KEY = bearer_key(KEY, missing=ANSWERS["bad_key"], wrong=ANSWERS["bad_key"])
_MODEL = known_model(MODELS, _no_model)
_CHECKS = (_KEY, ollama.BODY, ollama.MODEL_NAMED, _MODEL, wire.think_value)


def _no_messages(name: str) -> Answer:
    return error(400, f"{name} must not be empty")


def _read_balance(request: Received) -> Answer:
    if request.query:
        return error(400, "query parameters are not supported")
    return _balance(_POOL)


def _account(request: Received) -> Answer:
    return json_answer(
        {"ID": "simulated", "Email": "simulated@example.com", "Name": "simulated", "Plan": "pro", "Suspended": False}
    )


def _tags(request: Received) -> Answer:
    return json_answer({"models": [ollama.tag(model) for model in MODELS.listed]})


UPSTREAM = Upstream(
    name="ollama_cloud",
    base_path="",
    key_env="OLLAMA_CLOUD_KEY",
    key=KEY,
    answers=ANSWERS,
    not_found=text_answer("404 page not found", status=404),
    routes=(
        Route(method="GET", path="/api/balance", checks=(_KEY,), respond=_read_balance, lane=Lane.PROBE),
        Route(method="POST", path="/api/me", checks=(_KEY,), respond=_account, lane=Lane.PROBE),
        Route(method="GET", path="/api/tags", respond=_tags, lane=Lane.PROBE),
        Route(
            method="GET",
            path="/api/version",
            respond=lambda _: json_answer({"version": "0.34.2"}),
            lane=Lane.PROBE,
        ),
        Route(
            method="GET",
            path="/api/status",
            respond=lambda _: json_answer({"cloud": {"disabled": False, "source": "none"}}),
            lane=Lane.PROBE,
        ),
        Route(
            method="POST",
            path="/api/show",
            checks=(ollama.BODY, ollama.MODEL_NAMED, _MODEL),
            respond=ollama.show,
            lane=Lane.PROBE,
        ),
        Route(method="GET", path="/v1/models", respond=lambda _: ollama.listing(MODELS), lane=Lane.PROBE),
        Route(method="POST", path="/api/chat", checks=_CHECKS, respond=wire.chat),
        Route(method="POST", path="/api/generate", checks=_CHECKS, respond=wire.generate),
        Route(method="POST", path="/api/embed", checks=_CHECKS, respond=wire.embed),
        Route(method="POST", path="/api/embeddings", checks=_CHECKS, respond=wire.embeddings),
        Route(
            method="POST",
            path="/v1/chat/completions",
            checks=(*_CHECKS, required("messages", refusal=_no_messages)),
            respond=chat_completions.responder(ollama.CHAT),
        ),
        Route(method="POST", path="/v1/embeddings", checks=_CHECKS, respond=openai_embeddings),
    ),
)
