"""Token counts are right: Claude Code decides by them when to compact, so a wrong count can lose a conversation."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from custom_providers.server.endpoints.token_counts import count

pytestmark = pytest.mark.proxy

PATH = "/v1/messages/count_tokens"
WORDS: list[Any] = [{"role": "user", "content": "word " * 500}]
TOOL = {"name": "f", "description": "weather " * 100, "input_schema": {"type": "object", "properties": {}}}


@pytest.mark.parametrize(
    "model",
    [
        "ollama/qwen3.5:latest",
        "gemini/gemini-2.5-flash",
        "opencode/glm-5.3",
        "openai/gpt-4o-mini",
        "kimi/kimi-for-coding",
    ],
)
def test_a_count_is_about_right_for_every_provider(client: httpx.Client, model: str):
    response = client.post(PATH, json={"model": model, "messages": WORDS})
    assert response.status_code == 200, response.text
    assert 400 < response.json()["input_tokens"] < 1200


def test_a_name_that_goes_nowhere_has_no_count(client: httpx.Client):
    response = client.post(PATH, json={"model": "gemini/", "messages": WORDS})
    assert (response.status_code, response.json()["type"]) == (400, "error")


def test_a_stranger_gets_no_count(client: httpx.Client):
    stranger = {"Authorization": "Bearer sk-nobody"}
    assert client.post(PATH, json={"model": "kimi/k3", "messages": WORDS}, headers=stranger).status_code == 401


def test_tools_system_and_images_count():
    plain = count({"messages": WORDS})
    assert count({"messages": WORDS, "tools": [TOOL]}) > plain + 90
    assert count({"messages": WORDS, "system": [{"type": "text", "text": "be kind " * 50}]}) > plain + 90
    image = {"type": "image", "source": {"type": "base64", "data": "A" * 100_000}}
    assert plain + 1_000 < count({"messages": [*WORDS, {"role": "user", "content": [image]}]}) < plain + 2_000
    assert count({"messages": []}) == 1
