"""With status 200, every documented field is applied or reported, in every wire family and protocol."""

from __future__ import annotations

import base64
import struct
from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.releases import litellm_is
from tests.running import Proxy

ADJUSTED = "x-pointsman-adjusted"
PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
LOOK = {"name": "look", "description": "Looks.", "parameters": {"type": "object", "properties": {}}}
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
PATHS = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}


@pytest.fixture(scope="session")
def recorded(proxy: Proxy) -> Recorded:
    """The proxy of this folder and its rows."""
    return Recorded(proxy=proxy, state=proxy.log_path.parent / ".pointsman")


def _adjusted(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [name for name in answer.headers.get(ADJUSTED, "").split(", ") if name]


EMBEDDERS = [
    "openai/text-embedding-3-small",
    "openrouter/qwen/qwen3-embedding-8b",
    "openai/text-embedding-of-tomorrow",
    "ollama/nomic-embed-text",
    "gemini/gemini-embedding-001",
]


@pytest.mark.parametrize("model", EMBEDDERS)
@pytest.mark.parametrize("wanted", ["base64", "float", None])
def test_embeddings_have_the_size_and_the_form_that_were_asked_for(
    client: httpx.Client, model: str, wanted: str | None
):
    body = {"model": model, "input": "x", "dimensions": 6, **({"encoding_format": wanted} if wanted else {})}

    answer = client.post("/v1/embeddings", json=body)

    assert _adjusted(answer) == []
    vector = answer.json()["data"][0]["embedding"]
    if wanted == "base64":
        vector = struct.unpack("<6f", base64.b64decode(vector))
    assert len(vector) == 6


@pytest.mark.parametrize("model", EMBEDDERS[:4])
def test_an_embeddings_user_arrives_or_is_named(client: httpx.Client, simulator: Simulator, model: str):
    answer = client.post("/v1/embeddings", json={"model": model, "input": "x", "user": "me"})

    arrived = simulator.attempts[-1].fields.get("user") == "me"
    assert _adjusted(answer) == ([] if arrived else ["user"])


CHAT: dict[str, Any] = {
    "messages": PONG,
    "max_completion_tokens": 2000,
    "temperature": 1,
    "top_p": 0.95,
    "seed": 7,
    "stop": ["XX"],
    "presence_penalty": 0.1,
    "frequency_penalty": 0.1,
    "logit_bias": {"50256": -100},
    "logprobs": True,
    "top_logprobs": 2,
    "reasoning_effort": "high",
    "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA, "strict": True}},
    "tools": [{"type": "function", "function": LOOK}],
    "tool_choice": "required",
    "parallel_tool_calls": False,
    "user": "me",
    "metadata": {"team": "a"},
    "service_tier": "priority",
    "store": True,
    "prompt_cache_key": "key",
    "safety_identifier": "safe",
    "prediction": {"type": "content", "content": "x"},
    "verbosity": "low",
}
MESSAGES: dict[str, Any] = {
    "system": [{"type": "text", "text": "be good", "cache_control": {"type": "ephemeral"}}],
    "messages": PONG,
    "max_tokens": 4000,
    "top_k": 5,
    "stop_sequences": ["XX"],
    "thinking": {"type": "enabled", "budget_tokens": 2000},
    "tools": [{"name": "look", "description": "Looks.", "input_schema": LOOK["parameters"]}],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "metadata": {"user_id": "u" * 150},
    "service_tier": "standard_only",
    "container": "container_1",
    "mcp_servers": [{"type": "url", "url": "https://mcp.example/sse", "name": "mcp"}],
    "context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]},
}
RESPONSES: dict[str, Any] = {
    "input": "Reply PONG",
    "instructions": "be good",
    "max_output_tokens": 2000,
    "temperature": 1,
    "top_p": 0.95,
    "reasoning": {"effort": "high", "summary": "auto"},
    "text": {"format": {"type": "json_schema", "name": "a", "schema": SCHEMA, "strict": True}, "verbosity": "low"},
    "tools": [{"type": "function", **LOOK}],
    "tool_choice": "required",
    "parallel_tool_calls": False,
    "include": ["reasoning.encrypted_content"],
    "user": "me",
    "metadata": {"team": "a"},
    "service_tier": "priority",
    "store": True,
    "truncation": "auto",
    "prompt_cache_key": "key",
    "safety_identifier": "safe",
    "max_tool_calls": 3,
}
BODIES = {"chat": CHAT, "messages": MESSAGES, "responses": RESPONSES}
NAMED: dict[tuple[str, str], str] = {
    ("openai/gpt-4o-mini", "chat"): "reasoning_effort verbosity metadata",
    ("openai/gpt-4o-mini", "messages"): (
        "top_k stop_sequences thinking service_tier container mcp_servers context_management cache_control"
    ),
    ("openai/gpt-4o-mini", "responses"): "reasoning.effort",
    ("opencode/glm-5.3", "chat"): "metadata",
    ("opencode/glm-5.3", "messages"): "service_tier container mcp_servers context_management cache_control",
    ("opencode/glm-5.3", "responses"): "include store truncation max_tool_calls metadata",
    ("openrouter/openai/gpt-oss-120b:free", "chat"): "metadata",
    ("openrouter/openai/gpt-oss-120b:free", "messages"): (
        "service_tier container mcp_servers context_management cache_control"
    ),
    ("openrouter/openai/gpt-oss-120b:free", "responses"): "include store truncation max_tool_calls metadata",
    ("ollama/qwen3.5:latest", "chat"): (
        "logit_bias tool_choice parallel_tool_calls user service_tier store prompt_cache_key "
        "safety_identifier prediction verbosity metadata"
    ),
    ("ollama/qwen3.5:latest", "messages"): (
        "tool_choice.disable_parallel_tool_use service_tier container mcp_servers context_management "
        "metadata.user_id cache_control"
    ),
    ("ollama/qwen3.5:latest", "responses"): (
        "text.verbosity tool_choice parallel_tool_calls include user service_tier store truncation "
        "prompt_cache_key safety_identifier max_tool_calls metadata"
    ),
    ("gemini/gemini-2.5-flash", "chat"): (
        "logit_bias top_logprobs parallel_tool_calls user store prompt_cache_key safety_identifier "
        "prediction verbosity metadata"
    ),
    ("gemini/gemini-2.5-flash", "messages"): (
        "tool_choice.disable_parallel_tool_use service_tier container mcp_servers context_management "
        "metadata.user_id cache_control"
    ),
    ("gemini/gemini-2.5-flash", "responses"): (
        "text.verbosity parallel_tool_calls include user service_tier store truncation prompt_cache_key "
        "safety_identifier max_tool_calls metadata"
    ),
    ("claude/claude-haiku-4-5", "chat"): (
        "seed presence_penalty frequency_penalty logit_bias logprobs top_logprobs reasoning_effort "
        "service_tier store prompt_cache_key safety_identifier prediction verbosity metadata"
    ),
    ("claude/claude-haiku-4-5", "messages"): "service_tier",
    ("claude/claude-haiku-4-5", "responses"): (
        "reasoning.effort text.verbosity include service_tier store truncation prompt_cache_key "
        "safety_identifier max_tool_calls metadata"
    ),
    ("kimi/kimi-for-coding", "chat"): "presence_penalty frequency_penalty metadata",
    ("kimi/kimi-for-coding", "messages"): "top_k service_tier container mcp_servers context_management",
    ("kimi/kimi-for-coding", "responses"): (
        "text.verbosity include service_tier store truncation max_tool_calls metadata"
    ),
    ("moonshot/kimi-k2.6", "chat"): "presence_penalty frequency_penalty reasoning_effort tool_choice metadata",
    ("moonshot/kimi-k2.6", "messages"): "top_k thinking service_tier container mcp_servers context_management",
    ("moonshot/kimi-k2.6", "responses"): (
        "reasoning.effort tool_choice text.verbosity include service_tier store truncation max_tool_calls metadata"
    ),
    ("claude/claude-haiku-4-5", "messages stream"): "",
}
"""The fields that do not arrive as requested, by model and protocol; streams have an entry where they differ."""
PASSED_ON_LATER: set[str] = set() if litellm_is("1.106") else {"text.verbosity", "service_tier"}
"""The fields that LiteLLM passes to some providers since 1.108."""
MODELS = [
    "openai/gpt-4o-mini",
    "opencode/glm-5.3",
    "openrouter/openai/gpt-oss-120b:free",
    "ollama/qwen3.5:latest",
    "gemini/gemini-2.5-flash",
    "claude/claude-haiku-4-5",
    "kimi/kimi-for-coding",
    "moonshot/kimi-k2.6",
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("protocol", PATHS)
@pytest.mark.parametrize("model", MODELS)
def test_what_does_not_arrive_is_named_in_the_header_and_the_row(
    client: httpx.Client, recorded: Recorded, model: str, protocol: str, stream: bool
):
    answer = client.post(PATHS[protocol], json={"model": model, "stream": stream, **BODIES[protocol]})

    expected = NAMED.get((model, f"{protocol} stream" if stream else protocol), NAMED[model, protocol]).split()
    adjusted = _adjusted(answer)
    assert (recorded.row_for(answer)["adjustments"] or []) == adjusted
    assert [name for name in expected if name in adjusted or name not in PASSED_ON_LATER] == adjusted


IMAGE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def _with_image(protocol: str, url: str) -> dict[str, Any]:
    if protocol == "responses":
        return {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": url}]}]}
    if protocol == "chat":
        return {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]}
    source = (
        {"type": "base64", "media_type": "image/png", "data": IMAGE}
        if url.startswith("data:")
        else {"type": "url", "url": url}
    )
    return {"max_tokens": 2000, "messages": [{"role": "user", "content": [{"type": "image", "source": source}]}]}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("protocol", PATHS)
def test_an_image_reaches_ollama_as_base64(client: httpx.Client, simulator: Simulator, protocol: str, stream: bool):
    body = _with_image(protocol, f"data:image/png;base64,{IMAGE}")

    answer = client.post(PATHS[protocol], json={"model": "ollama/qwen3.5:latest", "stream": stream, **body})

    assert answer.status_code == 200, answer.text
    assert simulator.attempts[-1].fields["messages"][-1]["images"] == [IMAGE]


SVG = "data:image/svg+xml,<svg/>"
"""A data URL without base64, which Anthropic's protocol does not support for images."""
UNREACHABLE = ["http://127.0.0.1:9/secret.png", "file:///etc/passwd", "ms://file-1", "./cat.png", SVG]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("protocol", "url"),
    [(protocol, url) for protocol in PATHS for url in UNREACHABLE if (protocol, url) != ("messages", SVG)],
)
def test_an_image_that_cannot_be_fetched_is_a_400_before_ollama_is_asked(
    client: httpx.Client, simulator: Simulator, protocol: str, url: str, stream: bool
):
    body = {"model": "ollama/qwen3.5:latest", "stream": stream, **_with_image(protocol, url)}

    answer = client.post(PATHS[protocol], json=body)

    assert answer.status_code == 400, answer.text
    assert simulator.attempts == []


FOREIGN: dict[str, dict[str, Any]] = {
    "chat": {
        "messages": [
            {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]}
        ]
    },
    "messages": {
        "max_tokens": 2000,
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": ""}}
                ],
            }
        ],
    },
    "responses": {"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "file_1"}]}]},
}


@pytest.mark.parametrize("protocol", PATHS)
def test_content_that_ollama_does_not_have_is_a_400(client: httpx.Client, simulator: Simulator, protocol: str):
    answer = client.post(PATHS[protocol], json={"model": "ollama/qwen3.5:latest", **FOREIGN[protocol]})

    assert answer.status_code == 400, answer.text
    assert simulator.attempts == []


STORED: dict[str, dict[str, Any]] = {
    "conversation": {"conversation": "conv_1"},
    "prompt": {"prompt": {"id": "pmpt_1"}},
    "input.item_reference": {"input": [{"type": "item_reference", "id": "msg_1"}]},
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", ["opencode/glm-5.3", "kimi/kimi-for-coding", "claude/claude-haiku-4-5"])
@pytest.mark.parametrize("name", STORED)
def test_what_only_openai_stores_is_a_400_elsewhere(
    client: httpx.Client, simulator: Simulator, model: str, name: str, stream: bool
):
    answer = client.post("/v1/responses", json={"model": model, "input": "x", "stream": stream, **STORED[name]})

    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(f"{name} refers to what OpenAI stores")
    assert simulator.attempts == []


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("asked", "reasoning", "adjusted"),
    [
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, {"max_tokens": 2000}, []),
        ({"thinking": {"type": "adaptive"}}, {"enabled": True}, []),
        ({"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}, {"effort": "low"}, []),
        (
            {"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}},
            {"effort": "xhigh"},
            ["output_config.effort"],
        ),
        ({"thinking": {"type": "disabled"}}, {"enabled": False}, []),
    ],
)
def test_thinking_reaches_openrouter_over_messages(
    client: httpx.Client,
    simulator: Simulator,
    asked: dict[str, Any],
    reasoning: dict[str, Any],
    adjusted: list[str],
    stream: bool,
):
    body = {"model": "openrouter/openai/gpt-oss-120b:free", "max_tokens": 4000, "messages": PONG, "stream": stream}

    answer = client.post("/v1/messages", json={**body, **asked})

    assert _adjusted(answer) == adjusted
    sent = simulator.attempts[-1].fields
    assert sent["reasoning"] == reasoning
    assert not {"thinking", "reasoning_effort", "output_config"} & {*sent}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("thinking", [{"type": "enabled", "budget_tokens": 2000}, {"type": "adaptive"}, None])
def test_messages_with_a_budget_go_to_chat_completions(
    client: httpx.Client, simulator: Simulator, thinking: dict[str, Any] | None, stream: bool
):
    body = {"model": "opencode/glm-5.3", "max_tokens": 4000, "messages": PONG, "stream": stream}

    answer = client.post("/v1/messages", json={**body, **({"thinking": thinking} if thinking else {})})

    assert answer.status_code == 200, answer.text
    assert [request.path for request in simulator.attempts] == ["/zen/v1/chat/completions"]


CALLED = {"id": "c", "type": "function", "function": {"name": "look", "arguments": "{}"}}
SECOND_TURN: dict[str, dict[str, Any]] = {
    "chat": {
        "messages": [
            *PONG,
            {"role": "assistant", "content": "", "tool_calls": [CALLED], "reasoning_content": "hm"},
            {"role": "tool", "tool_call_id": "c", "content": "a.txt"},
        ],
        "tools": [{"type": "function", "function": LOOK}],
        "reasoning_effort": "high",
    },
    "responses": {
        "input": [
            {"role": "user", "content": "Reply PONG"},
            {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "a.txt"},
        ],
        "tools": [{"type": "function", **LOOK}],
        "reasoning": {"effort": "high"},
    },
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("protocol", SECOND_TURN)
@pytest.mark.parametrize("model", ["claude/claude-sonnet-4-5-20250929", "opencode/claude-sonnet-4-5"])
def test_a_tool_loop_goes_on_at_a_claude_that_thinks_by_budget(
    client: httpx.Client, simulator: Simulator, model: str, protocol: str, stream: bool
):
    answer = client.post(PATHS[protocol], json={"model": model, "stream": stream, **SECOND_TURN[protocol]})

    assert answer.status_code == 200, answer.text
    sent = simulator.attempts[-1].fields
    assert "thinking" not in sent
    assert [block["type"] for block in sent["messages"][1]["content"]] == ["tool_use"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_conversation_of_another_model_goes_on_at_claude(client: httpx.Client, simulator: Simulator, stream: bool):
    said = {"type": "text", "text": "hello"}
    turn = {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": ""}, said]}
    body = {"model": "claude/claude-haiku-4-5", "max_tokens": 100, "messages": [*PONG, turn, *PONG], "stream": stream}

    answer = client.post("/v1/messages", json=body)

    assert _adjusted(answer) == ["thinking"]
    assert simulator.attempts[-1].fields["messages"][1]["content"] == [said]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", ["opencode/glm-5.3", "openrouter/openai/gpt-oss-120b:free"])
def test_a_long_user_id_arrives_within_openais_bound(
    client: httpx.Client, simulator: Simulator, model: str, stream: bool
):
    body = {"model": model, "max_tokens": 99, "messages": PONG, "metadata": {"user_id": "u" * 200}, "stream": stream}

    answers = [client.post("/v1/messages", json=body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    first, second = (request.fields["user"] for request in simulator.attempts)
    assert first == second
    assert 0 < len(first) <= 64


def test_a_model_that_the_price_map_lacks_streams_over_responses(client: httpx.Client, simulator: Simulator):
    answer = client.post("/v1/responses", json={"model": "openai/gpt-99-nova", "input": "Reply PONG", "stream": True})

    assert answer.status_code == 200, answer.text
    assert simulator.attempts[-1].fields["stream"] is True


SEARCH: dict[str, dict[str, Any]] = {
    "messages": {
        "max_tokens": 2000,
        "messages": PONG,
        "tools": [{"type": "web_search_20250305", "name": "web_search", "max_uses": 8}],
        "tool_choice": {"type": "tool", "name": "web_search"},
    },
    "responses": {"input": "Reply PONG", "tools": [{"type": "web_search"}], "tool_choice": {"type": "web_search"}},
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("protocol", SEARCH)
@pytest.mark.parametrize(
    "model",
    ["opencode/glm-5.3", "openrouter/openai/gpt-oss-120b:free", "ollama/qwen3.5:latest", "kimi/kimi-for-coding"],
)
def test_web_search_that_a_provider_lacks_is_left_out_with_its_choice(
    client: httpx.Client, simulator: Simulator, model: str, protocol: str, stream: bool
):
    answer = client.post(PATHS[protocol], json={"model": model, "stream": stream, **SEARCH[protocol]})

    assert {"tools", "tool_choice"} <= {*_adjusted(answer)}
    sent = simulator.attempts[-1].fields
    assert not sent.get("tools")
    assert not sent.get("tool_choice")
