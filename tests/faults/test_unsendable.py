"""Requests that no provider can be sent are refused at once, and nobody is asked."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator
from tests.faults.asking import CHAT, PATHS, refused

pytestmark = pytest.mark.proxy

EMBEDDINGS, IMAGES = "/v1/embeddings", "/v1/images/generations"
EMBEDS = "patient_openai/text-embedding-3-small"
MODELS = ["patient_openai/m", "patient_claude/m", "patient_ollama/m", "patient_gemini/m", "patient_kimi/kimi-k2.6"]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"type": "input_image", "image_url": "data:image/png;base64,AAAA"}, '.type "input_image" is not one of text'),
        ({"type": "image_url", "image_url": None}, ".image_url must be an object with a url"),
    ],
)
def test_a_part_that_no_model_takes_is_named(
    client: httpx.Client, simulator: Simulator, model: str, stream: bool, part: dict[str, Any], says: str
):
    """LiteLLM alone tries four times and answers 500 after nine seconds."""
    body = {"model": model, "messages": [{"role": "user", "content": [part]}], "stream": stream}
    assert refused(client.post(CHAT, json=body), f"messages[0].content[0]{says}")
    assert simulator.attempts == []


def test_so_is_the_content_of_an_item(client: httpx.Client, simulator: Simulator):
    body = {"model": "patient_ollama/m", "input": [{"role": "user", "content": 5}]}
    assert refused(client.post("/v1/responses", json=body), "input[0].content must be text")
    assert simulator.attempts == []


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        (EMBEDDINGS, {"stream": True}, "stream must be false: embeddings are not streamed"),
        (EMBEDDINGS, {"input": 5}, "input must be text, or a list"),
        (IMAGES, {"prompt": ["x"]}, "prompt must be text"),
        ("/v1/moderations", {"input": 5}, "input must be text, or a list"),
        ("/v1/audio/speech", {"input": ["x"]}, "input must be text"),
    ],
)
def test_other_apis_name_the_field(
    client: httpx.Client, simulator: Simulator, path: str, fields: dict[str, Any], says: str
):
    response = client.post(path, json={"model": "patient_openai/m", **PATHS[path], **fields})
    assert response.status_code == 400, response.text
    assert says in response.text
    assert simulator.attempts == []


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1/rerank", "patient_openai/m"),
        (EMBEDDINGS, "patient_claude/m"),
        (EMBEDDINGS, "patient_kimi/m"),
        (IMAGES, "patient_claude/m"),
        (IMAGES, "patient_ollama/m"),
        ("/v1/audio/speech", "patient_kimi/m"),
    ],
)
def test_an_api_that_a_provider_lacks_is_a_404(client: httpx.Client, simulator: Simulator, path: str, model: str):
    response = client.post(path, json={"model": model, **PATHS[path]})
    assert response.status_code == 404, response.text
    assert f"{path} is not supported for {model.partition('/')[0]}" in response.text
    assert simulator.attempts == []


def test_embeddings_still_take_every_documented_form(client: httpx.Client, simulator: Simulator):
    for given in ("PONG", ["PONG"], [1, 2], [[1, 2]]):
        response = client.post(EMBEDDINGS, json={"model": EMBEDS, "input": given, "stream": False})
        assert response.status_code == 200, response.text
    assert len(simulator.attempts) == 4
