"""A body with a value of the wrong type gets a 4xx at once: it is not the proxy's or a provider's failure."""

from __future__ import annotations

from typing import Any

import pytest

from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.security.keys import EVERYTHING

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
CHAT = {"model": "openai/gpt-4o-mini", "messages": PONG}
GEMINI = {"contents": [{"role": "user", "parts": [{"text": "Reply PONG"}]}]}
OF_CHAT = """
messages max_tokens stream tools tool_choice stop n user metadata response_format stream_options functions fallbacks
provider model reasoning_effort web_search_options litellm_metadata tags cache guardrails extra_body prompt_id timeout
"""
OF_MESSAGES = """
messages max_tokens stream tools tool_choice stop_sequences system metadata thinking model context_management
mcp_servers output_config
"""
OF_RESPONSES = """
input instructions max_output_tokens stream tools tool_choice text reasoning metadata previous_response_id include model
conversation prompt context_management
"""
OF_GEMINI = "contents generationConfig tools toolConfig systemInstruction safetySettings cachedContent"
IMAGE = {"model": "openai/gpt-image-1", "prompt": "x"}
RERANK = {"model": "openai/gpt-4o-mini", "query": "x", "documents": ["x"]}

REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "/v1/chat/completions": (CHAT, OF_CHAT),
    "/v1/chat": (CHAT, "messages tools model"),
    "/engines/openai/gpt-4o-mini/chat/completions": ({"messages": PONG}, "messages tools n"),
    "/openai/deployments/openai/gpt-4o-mini/chat/completions": ({"messages": PONG}, "messages tools n"),
    "/v1/completions": (
        {"model": CHAT["model"], "prompt": "x"},
        "prompt max_tokens stream stop n suffix echo model user",
    ),
    "/v1/embeddings": ({"model": CHAT["model"], "input": "x"}, "input dimensions encoding_format user model metadata"),
    "/v1/messages": ({**CHAT, "model": "claude/claude-haiku-4-5", "max_tokens": 64}, OF_MESSAGES),
    "/v1/messages?bridged": ({**CHAT, "max_tokens": 64}, OF_MESSAGES),
    "/v1/messages/count_tokens": (CHAT, "messages system tools model thinking"),
    "/v1/responses": ({"model": CHAT["model"], "input": "x"}, OF_RESPONSES),
    "/v1/responses/compact": ({"model": CHAT["model"], "input": "x"}, "input instructions model previous_response_id"),
    "/v1/responses/input_tokens": ({"model": CHAT["model"], "input": "x"}, "input instructions model tools text"),
    "/v1/moderations": ({"model": "openai/omni-moderation-latest", "input": "x"}, "input model metadata"),
    "/v1/images/generations": (IMAGE, "prompt n size quality response_format model user stream background"),
    "/v1/images/edits": (IMAGE, "prompt image mask n size"),
    "/v1/audio/speech": ({"model": "openai/tts-1", "input": "x", "voice": "alloy"}, "input voice speed model"),
    "/v1/audio/transcriptions": ({"model": "openai/whisper-1"}, "file model language prompt temperature"),
    "/v1/rerank": (RERANK, "query documents top_n model"),
    "/v2/rerank": (RERANK, "query documents top_n model"),
    **{
        f"/v1beta/models/{model}:{verb}": (GEMINI, OF_GEMINI)
        for model in ("gemini-2.5-flash", "gpt-4o-mini")
        for verb in ("generateContent", "streamGenerateContent", "countTokens")
    },
}
"""A valid body for each kind of route, and the fields that get other values."""

VALUES: list[Any] = ["x", 1, [], {}, [None], [{}]]
INSIDE: list[Any] = [1, [], {}]


def _inside_messages(value: Any) -> list[list[Any]]:
    """Conversations with ``value`` in places that decide how they are read."""
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "x"}}
    parts = [
        {"type": value},
        {"type": "text", "text": value},
        {"type": "image", "source": value},
        {**image, "source": {**image["source"], "type": value}},  # type: ignore[dict-item]
        {"type": "image_url", "image_url": value},
        {"type": "tool_result", "tool_use_id": value, "content": value},
        {"type": "tool_result", "tool_use_id": "x", "content": [{"type": value}]},
        {"type": "document", "source": {"type": value}},
    ]
    return [
        [{"role": value, "content": "x"}],
        [{"role": "user", "content": value}],
        [*PONG, {"role": "assistant", "content": None, "tool_calls": value}],
        [*PONG, {"role": "tool", "tool_call_id": value, "content": "x"}],
        *([{"role": "user", "content": [part]}] for part in parts),
    ]


def _bodies(path: str) -> list[dict[str, Any]]:
    valid, fields = REQUESTS[path]
    wrong = [{**valid, field: value} for field in fields.split() for value in VALUES]
    for name in ("messages", "input"):
        if name in valid and ("messages" in path or "chat" in path or "responses" in path):
            wrong += [{**valid, name: turns} for value in INSIDE for turns in _inside_messages(value)]
    advisor = {"type": "advisor_20260301", "name": "advisor"}
    return [{}, {"x": 1}, {"messages": PONG}, {"model": "x"}, {**valid, "tools": [advisor]}, *wrong]


@pytest.mark.parametrize("path", REQUESTS)
def test_a_value_of_the_wrong_type_is_a_4xx_at_once(attacked: Recorded, simulator: Simulator, path: str):
    with attacked.proxy.client(EVERYTHING) as client:
        for body in _bodies(path):
            response = client.post(path, json={"fallbacks": [], **body})

            asked = len(simulator.attempts)
            assert response.status_code < 500, (body, response.text)
            assert asked <= 1, (body, asked)
            simulator.reset()


def test_an_advisor_without_a_model_is_refused(attacked: Recorded, simulator: Simulator):
    tools = [{"type": "advisor_20260301", "name": "advisor"}]
    with attacked.proxy.client(EVERYTHING) as client:
        response = client.post("/v1/messages", json={**CHAT, "max_tokens": 64, "tools": tools})

    assert (response.status_code, response.json()["error"]["message"]) == (
        400,
        "tools: an advisor must name its model",
    )
    assert simulator.attempts == []


def test_a_body_that_is_not_geminis_is_refused(attacked: Recorded, simulator: Simulator):
    with attacked.proxy.client(EVERYTHING) as client:
        response = client.post("/v1beta/models/gemini-2.5-flash:streamGenerateContent", json={"messages": PONG})

    assert (response.status_code, response.json()["error"]["message"]) == (400, "the request has no contents")
    assert simulator.attempts == []
