"""Errors of APIs other than chat have OpenAI's shape, name the cause first, and answers are never paid for again."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator
from pointsman.simulator.answers import text_answer
from tests.faults.asking import PATHS

SPEECH, MODERATIONS, EMBEDDINGS = "/v1/audio/speech", "/v1/moderations", "/v1/embeddings"
IMAGES = "/v1/images/generations"
NO_SPEECH = ["ollama/x", "kimi/x", "claude/claude-haiku-4-5"]
NO_MODERATION = [*NO_SPEECH, "gemini/gemini-2.5-flash"]


def _asked(client: httpx.Client, path: str, model: str) -> httpx.Response:
    return client.post(path, json={"model": model, **PATHS[path], "disable_fallbacks": True})


def _error(response: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any] = response.json()["error"]
    assert {*error} == {"message", "type", "param", "code"}
    assert isinstance(error["type"], str)
    assert error["type"] != "None"
    assert error["param"] is None
    return error


@pytest.mark.parametrize(
    ("path", "model"),
    [*((SPEECH, model) for model in NO_SPEECH), *((MODERATIONS, model) for model in NO_MODERATION)],
)
def test_a_refusal_has_openais_shape(client: httpx.Client, simulator: Simulator, path: str, model: str):
    response = _asked(client, path, model)

    assert response.status_code == 404
    assert _error(response)["message"] == f"{path} is not supported for {model.partition('/')[0]}"
    assert not simulator.attempts


@pytest.mark.parametrize("path", [SPEECH, MODERATIONS, EMBEDDINGS, IMAGES])
@pytest.mark.parametrize("model", ["", "claude/x"])
def test_a_name_that_leads_nowhere_is_refused_in_the_same_shape(client: httpx.Client, path: str, model: str):
    response = _asked(client, path, model)

    assert response.status_code in {400, 404}
    assert _error(response)["message"]


@pytest.mark.parametrize("path", [SPEECH, MODERATIONS])
def test_the_cause_is_the_providers_sentence(client: httpx.Client, simulator: Simulator, path: str):
    response = _asked(client, path, "openai/gpt-4o-mini")

    assert response.status_code == 404
    assert _error(response)["message"] == "Invalid URL"


@pytest.mark.parametrize(
    ("path", "model"),
    [
        (EMBEDDINGS, "patient_gemini/gemini-embedding-001"),
        (EMBEDDINGS, "patient_ollama/nomic-embed-text"),
        (EMBEDDINGS, "patient_openai/text-embedding-3-small"),
        (IMAGES, "patient_gemini/gemini-2.5-flash-image"),
    ],
)
def test_an_answer_that_cannot_be_read_is_not_paid_for_again(
    client: httpx.Client, simulator: Simulator, path: str, model: str
):
    provider = model.partition("/")[0]
    simulator.script(provider.removeprefix("patient_"), *[text_answer("hello", status=200)] * 4)

    response = _asked(client, path, model)

    assert response.status_code == 502, response.text
    assert _error(response)["message"].startswith(f"{provider} sent an answer that cannot be read")
    assert len(simulator.attempts) == 1
