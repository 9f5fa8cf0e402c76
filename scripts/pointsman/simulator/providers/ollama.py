"""Ollama's local daemon: no key, native API and `/v1`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pointsman.simulator.answers import FAULTS, NDJSON, Answer, json_answer, stream_answer, text_answer
from pointsman.simulator.request_checks import json_object, known_model, required
from pointsman.simulator.upstream import Check, Lane, Models, Received, Route, Upstream
from pointsman.simulator.wire import chat_completions
from pointsman.simulator.wire import ollama as wire
from pointsman.simulator.wire.embeddings import openai_embeddings
from pointsman.simulator.wire.encoding import ndjson
from pointsman.simulator.wire.ollama import error

MODELS = Models(listed=("qwen3.5:latest", "llama3.2:latest", "nomic-embed-text:latest", "gpt-oss:20b"))


def _no_model(model: str) -> Answer:
    return error(404, f"model '{model}' not found")


def in_band_error(model: str, message: str) -> Answer:
    """Returns a stream that begins normally and then has an error line."""
    begun = {"role": "assistant", "content": "The"}
    return stream_answer(
        [
            ndjson({"model": model, "created_at": wire.CREATED, "message": begun, "done": False}),
            ndjson({"error": message}),
        ],
        kind=NDJSON,
    )


ANSWERS: Mapping[str, Answer] = {
    **FAULTS,
    "unknown_model": _no_model("unknown"),
    "bad_think": error(400, 'invalid think value: "xhigh" (must be "high", "medium", "low", "max", true, or false)'),
    "signin": json_answer(
        {"error": "unauthorized", "signin_url": "https://ollama.com/connect?name=simulated&key=simulated"},
        status=401,
    ),
    "cloud_disabled": error(403, "ollama cloud is disabled: remote model is unavailable"),
    "server_error": error(500, "llama runner process has terminated: signal: killed"),
    "bad_gateway": error(502, 'Post "https://ollama.com:443/api/chat": dial tcp: lookup ollama.com: no such host'),
    "overloaded": error(503, "server busy, please try again. maximum pending requests exceeded"),
    "in_band_error": in_band_error("llama3.2:latest", "an error was encountered while running the model"),
}


def _no_thinking(request: Received) -> Answer | None:
    model = str(request.fields.get("model"))
    if request.fields.get("think") and not model.startswith(wire.THINKING):
        return error(400, f'"{model}" does not support thinking')
    return None


def tag(model: str) -> dict[str, object]:
    """Returns the entry of one model in the list."""
    return {
        "name": model,
        "model": model,
        "modified_at": "2026-11-01T10:00:00Z",
        "size": 6594474711,
        "digest": "51" * 32,
        "details": {
            "format": "gguf",
            "family": model.split(":", maxsplit=1)[0],
            "families": [model.split(":", maxsplit=1)[0]],
            "parameter_size": "9B",
            "quantization_level": "Q4_K_M",
            "context_length": 262144,
            "embedding_length": 4096,
        },
        "capabilities": ["completion", "tools", *(["thinking"] if model.startswith(wire.THINKING) else [])],
    }


def _tags(request: Received) -> Answer:
    return json_answer({"models": [tag(model) for model in MODELS.listed]})


def show(request: Received) -> Answer:
    """Answers `POST /api/show`."""
    entry = tag(str(request.fields["model"]))
    return json_answer(
        {
            "details": entry["details"],
            "capabilities": entry["capabilities"],
            "model_info": {"general.architecture": "simulated", "simulated.context_length": 262144},
            "modified_at": entry["modified_at"],
        }
    )


def listing(models: Models) -> Answer:
    """Returns the model list of `/v1/models`."""
    entries = [
        {"id": model, "object": "model", "created": chat_completions.CREATED, "owned_by": "library"}
        for model in models.listed
    ]
    return json_answer({"object": "list", "data": entries})


CHAT = chat_completions.Dialect(
    envelope={"system_fingerprint": "fp_ollama"},
    reasoning=chat_completions.reasoning,
    usage=chat_completions.plain_usage,
)
BODY = json_object(error(400, "missing request body"))
MODEL_NAMED = required("model", refusal=lambda name: error(400, f"{name} is required"))
_CHECKS = (BODY, MODEL_NAMED, known_model(MODELS, _no_model), wire.think_value, _no_thinking)


def _as_openai(check: Check) -> Check:
    """Converts a refusal to the shape of the daemon's `/v1`."""

    def v1_check(request: Received) -> Answer | None:
        refusal = check(request)
        if refusal is None:
            return None
        kind = {400: "invalid_request_error", 404: "not_found_error"}.get(refusal.status, "api_error")
        message = json.loads(refusal.body)["error"]
        body = {"error": {"message": message, "type": kind, "param": None, "code": None}}
        return json_answer(body, status=refusal.status)

    return v1_check


_V1_CHECKS = tuple(_as_openai(check) for check in _CHECKS)


def _constant(path: str, payload: object) -> Route:
    return Route(method="GET", path=path, respond=lambda _: json_answer(payload), lane=Lane.PROBE)


UPSTREAM = Upstream(
    name="ollama",
    base_path="",
    answers=ANSWERS,
    not_found=text_answer("404 page not found", status=404),
    routes=(
        Route(
            method="GET",
            path="/",
            respond=lambda _: text_answer("Ollama is running", status=200),
            lane=Lane.PROBE,
        ),
        _constant("/api/version", {"version": "0.34.2"}),
        _constant("/api/ps", {"models": []}),
        _constant("/api/status", {"cloud": {"disabled": False, "source": "none"}}),
        Route(method="GET", path="/api/tags", respond=_tags, lane=Lane.PROBE),
        Route(method="GET", path="/v1/models", respond=lambda _: listing(MODELS), lane=Lane.PROBE),
        Route(method="POST", path="/api/show", checks=_CHECKS, respond=show, lane=Lane.PROBE),
        Route(method="POST", path="/api/chat", checks=_CHECKS, respond=wire.chat),
        Route(method="POST", path="/api/generate", checks=_CHECKS, respond=wire.generate),
        Route(method="POST", path="/api/embed", checks=_CHECKS, respond=wire.embed),
        Route(method="POST", path="/api/embeddings", checks=_CHECKS, respond=wire.embeddings),
        Route(
            method="POST",
            path="/v1/chat/completions",
            checks=_V1_CHECKS,
            respond=chat_completions.responder(CHAT),
        ),
        Route(method="POST", path="/v1/embeddings", checks=_V1_CHECKS, respond=openai_embeddings),
    ),
)
