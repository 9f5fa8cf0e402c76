"""Streams over /v1/responses have numbered, named events in OpenAI's order on every route."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator
from tests.engine.answers import events

pytestmark = pytest.mark.proxy

MODELS = {
    "openrouter": "openrouter/openai/gpt-oss-120b:free",
    "ollama": "ollama/qwen3.5:latest",
    "kimi": "kimi/kimi-for-coding",
    "moonshot": "moonshot/kimi-k2.6",
    "gemini": "gemini/gemini-2.5-flash",
    "claude": "claude/claude-haiku-4-5",
    "openai": "openai/gpt-4o-mini",
    "opencode's gpt": "opencode/gpt-5.1",
}
WEATHER = {
    "type": "function",
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def _streamed(client: httpx.Client, model: str, prompt: str, **fields: Any) -> httpx.Response:
    response = client.post("/v1/responses", json={"model": model, "input": prompt, "stream": True, **fields})
    assert response.status_code == 200, response.text
    return response


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize(
    ("prompt", "fields"),
    [
        ("Reply PONG", {}),
        ("Reply PONG", {"reasoning": {"effort": "high", "summary": "auto"}}),
        ("The weather in Paris and Rome?", {"tools": [WEATHER]}),
    ],
    ids=["text", "reasoning", "tools"],
)
def test_events_are_named_and_numbered_from_zero(
    client: httpx.Client, simulator: Simulator, model: str, prompt: str, fields: dict[str, Any]
):
    response = _streamed(client, model, prompt, **fields)

    found = [*events(response)]
    assert [event["sequence_number"] for event in found] == [*range(len(found))]
    names = [line.removeprefix("event: ") for line in response.text.splitlines() if line.startswith("event: ")]
    assert names == [event["type"] for event in found]
    assert names[0] == "response.created"
    assert names[-1] == "response.completed"


@pytest.mark.parametrize("name", ["openrouter", "ollama", "kimi", "gemini", "claude"])
def test_each_delta_of_a_summary_belongs_to_an_announced_part(client: httpx.Client, simulator: Simulator, name: str):
    response = _streamed(client, MODELS[name], "Think about it.", reasoning={"effort": "high", "summary": "auto"})

    announced = set()
    deltas = []
    for event in events(response):
        place = (event.get("item_id"), event.get("output_index"), event.get("summary_index"))
        if event["type"] == "response.reasoning_summary_part.added":
            announced.add(place)
        elif event["type"] == "response.reasoning_summary_text.delta":
            assert place in announced
            deltas.append(event["delta"])
    assert "".join(deltas)
