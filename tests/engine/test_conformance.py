"""The engine and LiteLLM give the same response, request to the provider, row and price.

Any difference fails, with two exceptions: LiteLLM's reasoning items have no summary, where OpenAI's have only one; and
without reasoning, LiteLLM sometimes reports 0 reasoning tokens and sometimes none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pointsman.simulator import Simulator
from pointsman.simulator.answers import json_answer
from tests.engine.answers import PATHS, Said, request, said
from tests.engine.conftest import Ways
from tests.observability.audit.recorded import Recorded

MODELS = [
    "openrouter/openai/gpt-oss-120b:free",
    "opencode/glm-5.2",
    "opencode_go/glm-5.2",
    "opencode/claude-sonnet-4-5",
    "ollama/qwen3.5:latest",
    "ollama_cloud/gpt-oss:120b",
    "claude/claude-haiku-4-5",
]
_OTHER_API = {("openrouter/openai/gpt-oss-120b:free", "responses")}
"""LiteLLM uses OpenRouter's Responses API, does not read its price, and reports "stop" as "completed"."""

FEATURES = {"text": "Say: one two three", "tool": "What is the weather in Paris?"}
_ROW = (
    *("model", "provider", "upstream_model", "rule", "stream", "outcome", "status", "finish_reason", "retries"),
    *("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens", "cost", "tool_calls"),
)


def _asked(way: Recorded, protocol: str, body: dict[str, Any]) -> tuple[Said, dict[str, Any]]:
    """Makes a call; returns its message and its row."""
    answers = []

    def call() -> None:
        answers.append(way.post(PATHS[protocol], body))

    row = way.row_of(call)
    (answer,) = answers
    assert answer.status_code == 200, answer.text
    return said(protocol, answer), {name: row[name] or None for name in _ROW}


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize("protocol", PATHS)
@pytest.mark.parametrize("model", MODELS)
def test_both_ways_say_the_same(
    ways: Ways, simulator: Simulator, model: str, protocol: str, stream: bool, feature: str
):
    body = request(protocol, model, FEATURES[feature], stream=stream, tools=feature == "tool")

    ours, theirs = (_asked(way, protocol, body) for way in (ways.engine, ways.litellm))

    if protocol == "responses" and not theirs[0].thought:
        theirs = (replace(theirs[0], thought=ours[0].thought), theirs[1])
    assert ours[0] == theirs[0]
    assert (model, protocol) in _OTHER_API or ours[1] == theirs[1]
    assert ours[0].calls or feature != "tool"


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("protocol", PATHS)
@pytest.mark.parametrize("model", [*MODELS, "kimi/k3", "moonshot/kimi-k2.6"])
def test_a_stream_says_what_a_whole_answer_says(
    engine: Recorded, simulator: Simulator, model: str, protocol: str, feature: str
):
    bodies = [
        request(protocol, model, FEATURES[feature], stream=stream, tools=feature == "tool") for stream in (True, False)
    ]

    streamed, whole = (_asked(engine, protocol, body)[0] for body in bodies)

    assert streamed == whole


WHOLE = {
    "id": "chatcmpl-whole",
    "object": "chat.completion",
    "created": 1,
    "model": "glm-5.3",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
}


@pytest.mark.parametrize("protocol", PATHS)
def test_an_answer_that_is_not_streamed_is_not_asked_for_again(engine: Recorded, simulator: Simulator, protocol: str):
    simulator.script("opencode", json_answer(WHOLE))

    answer, row = _asked(engine, protocol, request(protocol, "opencode/glm-5.3", "Hello", stream=True))

    assert (answer.text, answer.prompt, answer.completion) == ("Hi", 3, 1)
    assert (row["outcome"], row["retries"]) == ("success", None)
    assert len(simulator.attempts) == 1
