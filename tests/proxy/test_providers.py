"""Every provider in the running proxy: chat, streams, tools, JSON, with the official SDK as the client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import openai
import pytest

from pointsman.simulator import Simulator
from tests.running import MASTER_KEY, Proxy

MODELS = [
    "ollama/qwen3.5:latest",
    "ollama_cloud/gpt-oss:120b",
    "openrouter/openai/gpt-oss-120b:free",
    "opencode/glm-5.3",
    "opencode/claude-sonnet-4-5",
    "opencode/gemini-3-pro",
    "opencode/gpt-5.2",
    "opencode_go/glm-5.3",
    "opencode_go/minimax-m3",
    "opencode_go/gpt-6-luna",
    "kimi/kimi-for-coding",
    "moonshot/kimi-k2.6",
    "gemini/gemini-2.5-flash",
    "claude/claude-haiku-4-5",
    "openai/gpt-4o-mini",
]
PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
WEATHER: list[Any] = [{"role": "user", "content": "What is the weather in Paris?"}]
TOOLS: list[Any] = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]
SCHEMA: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "schema": {
            "type": "object",
            "properties": {"answer": {"type": "string"}},
            "required": ["answer"],
            "additionalProperties": False,
        },
    },
}


@pytest.fixture
def sdk(proxy: Proxy, simulator: Simulator) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{proxy.url}/v1", api_key=MASTER_KEY, max_retries=0) as client:
        yield client


@pytest.fixture
def claude_sdk(proxy: Proxy, simulator: Simulator) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=proxy.url, api_key=MASTER_KEY, max_retries=0) as client:
        yield client


@pytest.mark.parametrize("model", MODELS)
def test_a_chat_is_answered(sdk: openai.OpenAI, model: str):
    answer = sdk.chat.completions.create(model=model, messages=PONG, max_tokens=64)

    assert answer.choices[0].message.content == "PONG"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == model
    assert answer.usage is not None
    assert answer.usage.prompt_tokens > 0
    assert answer.usage.completion_tokens > 0


@pytest.mark.parametrize("model", MODELS)
def test_a_chat_streams_with_its_usage(sdk: openai.OpenAI, model: str):
    chunks = list(
        sdk.chat.completions.create(model=model, messages=PONG, stream=True, stream_options={"include_usage": True})
    )

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "PONG"
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == ["stop"]
    usages = [chunk.usage for chunk in chunks if chunk.usage]
    assert len(usages) == 1
    assert usages[0].prompt_tokens > 0


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("model", MODELS)
def test_a_tool_is_called_and_its_result_answered(sdk: openai.OpenAI, model: str, stream: bool):
    name, arguments, call_id, finish = _tool_call(sdk, model, stream=stream)

    assert (name, json.loads(arguments)) == ("get_weather", {"city": "Paris"})
    assert finish == "tool_calls"

    call = {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
    result = {"role": "tool", "tool_call_id": call_id, "content": "18 degrees"}
    turn: list[Any] = [*WEATHER, {"role": "assistant", "content": None, "tool_calls": [call]}, result]
    answer = sdk.chat.completions.create(model=model, messages=turn, tools=TOOLS)
    assert answer.choices[0].finish_reason == "stop"
    assert answer.choices[0].message.content


def _tool_call(sdk: openai.OpenAI, model: str, *, stream: bool) -> tuple[str, str, str, str | None]:
    if not stream:
        answer = sdk.chat.completions.create(model=model, messages=WEATHER, tools=TOOLS)
        (call,) = answer.choices[0].message.tool_calls or []
        assert call.type == "function"
        return call.function.name, call.function.arguments, call.id, answer.choices[0].finish_reason
    name, arguments, call_id, finish = "", "", "", None
    for chunk in sdk.chat.completions.create(model=model, messages=WEATHER, tools=TOOLS, stream=True):
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            for fragment in choice.delta.tool_calls or ():
                assert fragment.index == 0
                assert fragment.function is not None
                name += fragment.function.name or ""
                arguments += fragment.function.arguments or ""
                call_id = call_id or fragment.id or ""
    return name, arguments, call_id, finish


@pytest.mark.parametrize("model", MODELS)
def test_a_json_schema_is_answered_with_json(sdk: openai.OpenAI, model: str):
    answer = sdk.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "hello"}],
        response_format=SCHEMA,  # type: ignore[call-overload]
    )

    assert isinstance(json.loads(answer.choices[0].message.content), dict)


@pytest.mark.parametrize("model", [model for model in MODELS if "claude" not in model and "minimax" not in model])
def test_json_mode_is_answered_with_json(sdk: openai.OpenAI, model: str):
    answer = sdk.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "hello"}], response_format={"type": "json_object"}
    )

    assert isinstance(json.loads(answer.choices[0].message.content or ""), dict)


@pytest.mark.parametrize("model", ["claude/claude-haiku-4-5", "opencode_go/minimax-m3"])
def test_json_mode_is_asked_for_in_words_where_the_api_has_none(sdk: openai.OpenAI, simulator: Simulator, model: str):
    sdk.chat.completions.create(model=model, messages=PONG, response_format={"type": "json_object"})

    assert "one JSON object" in json.dumps(simulator.attempts[-1].fields["system"])


@pytest.mark.parametrize("model", MODELS)
def test_the_anthropic_sdk_is_answered(claude_sdk: anthropic.Anthropic, model: str):
    message = claude_sdk.messages.create(model=model, messages=PONG, max_tokens=64)

    assert "".join(block.text for block in message.content if block.type == "text") == "PONG"
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens > 0


@pytest.mark.parametrize("model", MODELS)
def test_the_anthropic_sdk_streams(claude_sdk: anthropic.Anthropic, model: str):
    with claude_sdk.messages.stream(model=model, messages=PONG, max_tokens=64) as stream:
        assert "".join(stream.text_stream) == "PONG"
        assert stream.get_final_message().stop_reason == "end_turn"


@pytest.mark.parametrize("model", MODELS)
def test_the_responses_api_is_answered(sdk: openai.OpenAI, model: str):
    assert sdk.responses.create(model=model, input="Reply PONG").output_text == "PONG"


@pytest.mark.parametrize("model", MODELS)
def test_the_responses_api_streams(sdk: openai.OpenAI, model: str):
    events = list(sdk.responses.create(model=model, input="Reply PONG", stream=True))

    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == "PONG"
    assert "response.completed" in {event.type for event in events}


@pytest.mark.parametrize("endpoint", ["chat", "messages", "responses", "completions"])
@pytest.mark.parametrize("model", ["ollama/qwen3.5:latest", "ollama_cloud/kimi-k2.6"])
def test_ollama_does_not_think_unless_asked(client: httpx.Client, simulator: Simulator, endpoint: str, model: str):
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        "chat": ("/v1/chat/completions", {"messages": PONG}),
        "messages": ("/v1/messages", {"messages": PONG, "max_tokens": 64}),
        "responses": ("/v1/responses", {"input": "Reply PONG"}),
        "completions": ("/v1/completions", {"prompt": "Reply PONG"}),
    }
    path, body = bodies[endpoint]

    assert client.post(path, json={"model": model, **body}).status_code == 200

    (request,) = simulator.attempts
    assert request.fields["think"] is False


THINKING = [
    ({"reasoning_effort": "low"}, "qwen3.5:latest", True),
    ({"reasoning_effort": "max"}, "qwen3.5:latest", True),
    ({"reasoning_effort": "none"}, "qwen3.5:latest", False),
    ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, "qwen3.5:latest", True),
    ({"thinking": {"type": "disabled"}}, "qwen3.5:latest", False),
    ({"think": True}, "qwen3.5:latest", True),
    ({"reasoning_effort": "low"}, "gpt-oss:20b", "low"),
    ({"reasoning_effort": "xhigh"}, "gpt-oss:20b", "high"),
]


@pytest.mark.parametrize(("asked", "model", "sent"), THINKING)
def test_ollama_thinks_when_the_caller_asks(
    client: httpx.Client, simulator: Simulator, asked: dict[str, Any], model: str, sent: object
):
    body = {"model": f"ollama/{model}", "messages": [{"role": "user", "content": "hello"}], **asked}

    response = client.post("/v1/chat/completions", json=body)

    assert response.status_code == 200, response.text
    (request,) = simulator.attempts
    assert request.fields["think"] == sent
    assert bool(response.json()["choices"][0]["message"].get("reasoning_content")) is bool(sent)


def test_an_anthropic_client_that_asks_ollama_to_think_gets_thinking(client: httpx.Client, simulator: Simulator):
    body = {
        "model": "ollama/qwen3.5:latest",
        "messages": [{"role": "user", "content": "hello"}],
        "max_tokens": 2048,
        "thinking": {"type": "enabled", "budget_tokens": 1024},
    }

    response = client.post("/v1/messages", json=body)

    (request,) = simulator.attempts
    assert request.fields["think"] is True
    assert "thinking" in {block["type"] for block in response.json()["content"]}


def test_ollamas_format_is_passed_on(client: httpx.Client, simulator: Simulator):
    body = {"model": "ollama/qwen3.5:latest", "messages": PONG, "format": "json"}

    response = client.post("/v1/chat/completions", json=body)

    (request,) = simulator.attempts
    assert request.fields["format"] == "json"
    assert isinstance(json.loads(response.json()["choices"][0]["message"]["content"]), dict)


def test_openrouters_reasoning_comes_back_whole(client: httpx.Client, simulator: Simulator):
    body = {
        "model": "openrouter/openai/gpt-oss-120b:free",
        "messages": [{"role": "user", "content": "hello"}],
        "reasoning": {"effort": "high"},
    }

    message = client.post("/v1/chat/completions", json=body).json()["choices"][0]["message"]

    assert simulator.attempts[-1].fields["reasoning"] == {"effort": "high"}
    assert message["reasoning_content"]


FAMILIES = [
    ("opencode/glm-5.3", "/zen/v1/chat/completions"),
    ("opencode/claude-sonnet-4-5", "/zen/v1/messages"),
    ("opencode/qwen3.6-plus", "/zen/v1/messages"),
    ("opencode/gemini-3-pro", "/zen/v1/models/gemini-3-pro:generateContent"),
    ("opencode/gpt-5.2", "/zen/v1/responses"),
    ("opencode_go/glm-5.3", "/zen/go/v1/chat/completions"),
    ("opencode_go/minimax-m3", "/zen/go/v1/messages"),
    ("opencode_go/minimax-m3.1-flash", "/zen/go/v1/chat/completions"),
    ("opencode_go/gemini-4-argon", "/zen/go/v1/models/gemini-4-argon:generateContent"),
    ("opencode_go/gpt-6-luna", "/zen/go/v1/responses"),
]


@pytest.mark.parametrize(("model", "path"), FAMILIES)
def test_opencode_is_asked_through_the_api_that_serves_the_model(
    client: httpx.Client, simulator: Simulator, model: str, path: str
):
    response = client.post("/v1/chat/completions", json={"model": model, "messages": PONG})

    assert response.status_code == 200, response.text
    assert [request.path for request in simulator.attempts] == [path]


@pytest.mark.parametrize("model", ["opencode_go/glm-5.3", "opencode_go/minimax-m3", "opencode_go/gpt-6-luna"])
@pytest.mark.parametrize("endpoint", ["chat", "messages", "responses"])
def test_opencodes_session_stays_the_same_while_a_conversation_grows(
    client: httpx.Client, simulator: Simulator, model: str, endpoint: str
):
    later = [*PONG, {"role": "assistant", "content": "PONG"}, {"role": "user", "content": "Reply PONG again"}]
    other: list[Any] = [{"role": "user", "content": "Something else: reply PONG"}]
    for messages in (PONG, later, other):
        if endpoint == "responses":
            response = client.post("/v1/responses", json={"model": model, "input": messages})
        else:
            path = {"chat": "/v1/chat/completions", "messages": "/v1/messages"}[endpoint]
            response = client.post(path, json={"model": model, "messages": messages, "max_tokens": 64})
        assert response.status_code == 200, response.text

    first, second, third = (request.headers["x-opencode-session"] for request in simulator.attempts)
    assert first == second
    assert first != third


def test_a_callers_own_session_is_kept(client: httpx.Client, simulator: Simulator):
    client.post(
        "/v1/chat/completions",
        headers={"x-opencode-session": "ses_of_the_caller"},
        json={"model": "opencode_go/glm-5.3", "messages": PONG},
    )

    assert simulator.attempts[-1].headers["x-opencode-session"] == "ses_of_the_caller"
    assert simulator.attempts[-1].headers["User-Agent"].startswith("litellm-pointsman/")


def test_extra_headers_of_the_registry_are_sent(client: httpx.Client, simulator: Simulator):
    client.post("/v1/chat/completions", json={"model": "openai/gpt-4o-mini", "messages": PONG})

    assert simulator.attempts[-1].headers["X-Team"] == "tests"


def test_a_local_daemon_never_sees_a_cloud_key(client: httpx.Client, simulator: Simulator):
    client.post("/v1/chat/completions", json={"model": "ollama/qwen3.5:latest", "messages": PONG})

    keys = {value for name, value in simulator.environ().items() if name.endswith("KEY")}
    sent = str(simulator.attempts[-1].headers)
    assert not [key for key in keys if key in sent]
