"""Every simulated upstream behaves like its provider: keys, models, wire formats, refusals, verification of keys."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import anthropic
import httpx
import openai
import pytest

from pointsman.simulator import Simulator
from tests.patience import SECONDS
from tests.pointsman.simulator.asking import CASES, SCHEMA, WEATHER, Case, ask

KEY_SHAPES = {
    "OLLAMA_CLOUD_KEY": r"[0-9a-f]{32}\.[A-Za-z0-9_-]{24}",
    "OPENROUTER_API_KEY": r"sk-or-v1-[0-9a-f]{64}",
    "OPENCODE_API_KEY": r"sk-[A-Za-z0-9]{64}",
    "KIMI_API_KEY": r"sk-kimi-.+",
    "MOONSHOT_API_KEY": r"sk-(?!kimi-).+",
    "GEMINI_API_KEY": r"AQ\.Ab8RN6[A-Za-z0-9_-]{44}",
    "ANTHROPIC_API_KEY": r"sk-ant-api03-[\w-]{93}AA",
    "OPENAI_API_KEY": r"sk-proj-[\w-]{74}T3BlbkFJ[\w-]{74}",
}


every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@every_case
def test_it_answers_pong_and_otherwise_repeats_the_user(upstreams: Simulator, case: Case):
    asked = case.family.text(ask(upstreams, case, case.body("Please reply PONG and nothing else.")).json())
    echoed = case.family.text(ask(upstreams, case, case.body("  two words\n")).json())
    assert (asked, echoed) == ("PONG", "  two words\n")


@every_case
def test_it_calls_the_first_tool_when_asked_about_the_weather(upstreams: Simulator, case: Case):
    answer = ask(upstreams, case, case.body(WEATHER, tools=True)).json()
    assert case.family.call(answer) == ("get_weather", {"city": "Paris"})


@every_case
def test_it_refuses_a_wrong_key_and_an_unknown_model_as_the_provider_does(upstreams: Simulator, case: Case):
    wrong_key = ask(upstreams, case, case.body("hi"), key="wrong")
    unknown = ask(upstreams, case, case.body("hi"), model="unknown-model")
    assert wrong_key.status_code == (case.bad_key_status if case.key_env else 200)
    assert unknown.status_code == case.unknown_status


@every_case
def test_it_records_what_it_received(upstreams: Simulator, case: Case):
    ask(upstreams, case, case.body("hi"))
    (received,) = upstreams.received
    assert (received.provider, received.method, received.json) == (case.provider, "POST", case.body("hi"))
    assert json.loads(received.body) == received.json
    assert received.path.endswith(case.path.replace("{model}", case.model))
    assert received.headers[case.key_header.upper()] == received.headers[case.key_header.lower()]


def test_simulated_keys_have_the_shape_of_real_ones(upstreams: Simulator):
    environ = upstreams.environ()
    keys = {name: key for name, key in environ.items() if not name.endswith("_BASE_URL")}
    assert {name for name in keys if not re.fullmatch(KEY_SHAPES[name], keys[name])} == set()


@pytest.mark.parametrize(
    ("provider", "path", "key_env", "statuses"),
    [
        ("ollama", "/api/version", None, (200, 200, 200)),
        ("ollama_cloud", "/api/balance", "OLLAMA_CLOUD_KEY", (200, 401, 401)),
        ("ollama_cloud", "/api/tags", "OLLAMA_CLOUD_KEY", (200, 200, 200)),
        ("openrouter", "/key", "OPENROUTER_API_KEY", (200, 401, 401)),
        ("openrouter", "/credits", "OPENROUTER_API_KEY", (200, 401, 401)),
        ("openrouter", "/models", "OPENROUTER_API_KEY", (200, 200, 200)),
        ("opencode_go", "/usage", "OPENCODE_API_KEY", (200, 401, 401)),
        ("opencode_go", "/models", "OPENCODE_API_KEY", (200, 200, 200)),
        ("opencode", "/models", "OPENCODE_API_KEY", (200, 200, 200)),
        ("gemini", "/models?pageSize=1", "GEMINI_API_KEY", (200, 400, 403)),
        ("claude", "/models?limit=1", "ANTHROPIC_API_KEY", (200, 401, 401)),
        ("openai", "/models", "OPENAI_API_KEY", (200, 401, 401)),
    ],
)
def test_a_key_proof_tells_valid_from_wrong_from_absent_and_a_public_list_does_not(
    upstreams: Simulator, provider: str, path: str, key_env: str | None, statuses: tuple[int, int, int]
):
    environ = upstreams.environ()
    header = {"gemini": "x-goog-api-key", "claude": "x-api-key"}.get(provider, "Authorization")
    scheme = "Bearer " if header == "Authorization" else ""
    url = environ[f"{provider.upper()}_BASE_URL"] + path
    keys = (environ.get(key_env or "", "none"), "wrong", None)
    sent = [{"anthropic-version": "2023-06-01", **({header: scheme + key} if key else {})} for key in keys]
    assert tuple(httpx.get(url, headers=headers, verify=False).status_code for headers in sent) == statuses


def chat_client(upstreams: Simulator) -> openai.OpenAI:
    environ = upstreams.environ()
    return openai.OpenAI(
        base_url=environ["OPENAI_BASE_URL"], api_key=environ["OPENAI_API_KEY"], max_retries=0, timeout=SECONDS
    )


def test_the_openai_sdk_reads_responses_embeddings_and_usage(upstreams: Simulator):
    with chat_client(upstreams) as client:
        with client.responses.stream(model="gpt-5.6", input=WEATHER, reasoning={"effort": "low"}) as stream:
            kinds = [event.type for event in stream]
            final = stream.get_final_response()
        vectors = client.embeddings.create(model="text-embedding-3-small", input=["a", "b", "a"]).data
        *_, last = client.chat.completions.create(
            model="gpt-5.6",
            messages=[
                {"role": "user", "content": "one two"},
                {"role": "assistant", "content": "three"},
                {"role": "user", "content": "four"},
            ],
            reasoning_effort="low",
            stream=True,
            stream_options={"include_usage": True},
        )
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.completed"
    assert final.output_text == WEATHER
    assert vectors[0].embedding == vectors[2].embedding != vectors[1].embedding
    assert last.choices == []
    assert last.usage is not None
    assert last.usage.prompt_tokens == 4
    assert last.usage.prompt_tokens_details is not None
    assert last.usage.prompt_tokens_details.cached_tokens == 3
    assert last.usage.completion_tokens_details is not None
    assert last.usage.completion_tokens_details.reasoning_tokens == last.usage.completion_tokens - 1


def test_the_anthropic_sdk_gets_thinking_a_tool_call_and_the_tool_result_back(upstreams: Simulator):
    environ = upstreams.environ()
    base = environ["CLAUDE_BASE_URL"].removesuffix("/v1")
    tools: Any = [{"name": "get_weather", "input_schema": SCHEMA}]
    ask_weather: Any = {"role": "user", "content": WEATHER}
    with anthropic.Anthropic(base_url=base, api_key=environ["ANTHROPIC_API_KEY"], max_retries=0) as client:
        with client.messages.stream(
            model="claude-opus-4-8",
            max_tokens=2000,
            messages=[ask_weather],
            tools=tools,
            thinking={"type": "enabled", "budget_tokens": 1024},
        ) as stream:
            called: Any = stream.get_final_message()
        result: Any = {"type": "tool_result", "tool_use_id": called.content[-1].id, "content": "sunny"}
        history: Any = [
            ask_weather,
            {"role": "assistant", "content": called.content},
            {"role": "user", "content": [result]},
        ]
        told: Any = client.messages.create(model="claude-opus-4-8", max_tokens=50, messages=history, tools=tools)
    assert [block.type for block in called.content] == ["thinking", "tool_use"]
    assert called.content[0].signature
    assert called.stop_reason == "tool_use"
    assert told.content[0].text == "The tool says: sunny"


@pytest.mark.parametrize(
    ("case", "extra"),
    [
        (CASES["openai"], {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}}),
        (CASES["openrouter"], {"response_format": {"type": "json_object"}}),
        (CASES["ollama"], {"format": SCHEMA}),
        (CASES["ollama"], {"format": "json"}),
        (CASES["gemini"], {"generationConfig": {"responseMimeType": "application/json"}}),
        (CASES["openai responses"], {"text": {"format": {"type": "json_schema", "name": "x", "schema": SCHEMA}}}),
        (CASES["claude"], {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}),
    ],
)
def test_json_mode_gives_an_object_with_what_was_said(upstreams: Simulator, case: Case, extra: dict[str, Any]):
    answer = ask(upstreams, case, {**case.body("Bonn"), **extra})
    assert list(json.loads(case.family.text(answer.json())).values()) == ["Bonn"]


def test_a_budget_that_reasoning_eats_leaves_no_text(upstreams: Simulator):
    case = CASES["openrouter"]
    answer = ask(upstreams, case, {**case.body("hi"), "reasoning": {"effort": "low"}, "max_tokens": 4}).json()
    (choice,) = answer["choices"]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("length", "")
    assert choice["message"]["reasoning"] == "The user wants an"
    assert answer["usage"]["completion_tokens_details"]["reasoning_tokens"] == 4


@pytest.mark.parametrize(
    ("case", "headers", "status", "words"),
    [
        (CASES["opencode_go"], {"x-opencode-session": ""}, 400, "MissingSessionID"),
        (replace(CASES["opencode chat"], model="grok-4.7"), {}, 401, "not supported for format oa-compat"),
        (replace(CASES["opencode chat"], model="big-pickle-free"), {}, 403, "FreeTierError"),
        (CASES["opencode messages"], {"anthropic-version": ""}, 400, "Error from provider (Console): "),
        (CASES["claude"], {"anthropic-version": ""}, 400, "anthropic-version: header is required"),
        (CASES["gemini"], {"Authorization": "Bearer x"}, 400, "Multiple authentication credentials"),
        (replace(CASES["ollama_cloud"], model="glm-5.2:cloud"), {}, 404, 'model \\"glm-5.2:cloud\\" not found'),
    ],
)
def test_it_refuses_what_the_provider_refuses(
    upstreams: Simulator, case: Case, headers: dict[str, str], status: int, words: str
):
    response = ask(upstreams, case, case.body("hi"), headers=headers)
    assert response.status_code == status
    assert words in response.text


@pytest.mark.parametrize(
    ("case", "field", "words"),
    [
        (CASES["openai"], "think", "Unknown parameter: 'think'."),
        (CASES["claude"], "extra_body", "extra_body: Extra inputs are not permitted"),
        (CASES["gemini"], "stream", 'Unknown name \\"stream\\": Cannot find field.'),
    ],
)
def test_a_field_the_api_does_not_have_is_refused_by_name(upstreams: Simulator, case: Case, field: str, words: str):
    response = ask(upstreams, case, {**case.body("hi"), field: {}})
    assert response.status_code == 400
    assert words in response.text


def test_streams_have_each_providers_own_framing(upstreams: Simulator):
    openrouter = ask(upstreams, CASES["openrouter"], {**CASES["openrouter"].body("hi"), "stream": True})
    opencode = ask(upstreams, CASES["opencode chat"], {**CASES["opencode chat"].body("hi"), "stream": True})
    ollama = ask(upstreams, CASES["ollama"], {**CASES["ollama"].body("hi"), "stream": True})
    gemini = CASES["gemini"]
    google_stream = replace(gemini, path="/models/{model}:streamGenerateContent?alt=sse")
    google = ask(upstreams, google_stream, gemini.body("hi"))
    assert openrouter.text.startswith(": OPENROUTER PROCESSING\n\n")
    assert opencode.text.endswith('data: {"choices":[],"cost":"0"}\n\ndata: [DONE]\n\n')
    assert json.loads(ollama.text.splitlines()[-1])["done_reason"] == "stop"
    assert google.text.endswith("}\r\n\r\n")
    assert "[DONE]" not in google.text


def test_ollama_thinks_by_itself_unless_told_not_to(upstreams: Simulator):
    case = replace(CASES["ollama"], model="qwen3.5:latest")
    silent = {**case.body("hi"), "think": False}
    refused = {**CASES["ollama"].body("hi"), "think": True}
    assert "thinking" in ask(upstreams, case, case.body("hi")).json()["message"]
    assert "thinking" not in ask(upstreams, case, silent).json()["message"]
    assert ask(upstreams, case, refused).json() == {"error": '"llama3.2:latest" does not support thinking'}
