"""With any request, a key for one model reaches only that model, and only at its provider."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.security.keys import ONE
from tests.security.target import Target

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
GRANTED, OTHER = "openai/gpt-4o-mini", "claude/claude-haiku-4-5"
JSON = {"Content-Type": "application/json"}

PATHS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"model": GRANTED, "messages": PONG},
    "/v1/messages": {"model": GRANTED, "messages": PONG, "max_tokens": 64},
    "/v1/responses": {"model": GRANTED, "input": "Reply PONG"},
    "/v1/completions": {"model": GRANTED, "prompt": "Reply PONG"},
    "/v1/embeddings": {"model": GRANTED, "input": "x"},
    "/v1/images/generations": {"model": GRANTED, "prompt": "x"},
    f"/v1beta/models/{GRANTED}:generateContent": {"contents": [{"parts": [{"text": "Reply PONG"}]}]},
    f"/openai/deployments/{GRANTED}/chat/completions": {"messages": PONG},
    f"/engines/{GRANTED}/chat/completions": {"messages": PONG},
}
UNSERVED = {f"/engines/{GRANTED}/chat/completions"}
"""LiteLLM opens these to its administrators only."""


def _fields(target: str) -> list[dict[str, Any]]:
    elsewhere = {"model": OTHER, "api_base": target, "api_key": "x"}
    router = [{"model_name": GRANTED, "litellm_params": elsewhere}]
    return [
        {"api_base": target},
        {"base_url": target},
        {"custom_llm_provider": "anthropic"},
        {"model_list": router},
        {"user_config": {"model_list": router}},
        {"router_settings": {"model_group_alias": {GRANTED: OTHER}, "fallbacks": [{GRANTED: [OTHER]}]}},
        {"router_settings_override": {"fallbacks": [{GRANTED: [OTHER]}]}},
        {"litellm_params": elsewhere},
        {"model_group_alias": {GRANTED: OTHER}},
        {"metadata": {**elsewhere, "model_group": OTHER, "fallbacks": [OTHER], "hidden_params": elsewhere}},
        {"litellm_metadata": {**elsewhere, "model_group": OTHER, "user_api_key_team_id": "litellm-dashboard"}},
        {"extra_body": elsewhere},
        {"extra_headers": {"Authorization": "Bearer x", "Host": "internal"}},
        {"mock_testing_fallbacks": True, "fallbacks": [OTHER]},
        {"proxy_server_request": {"url": target, "body": {}}},
        {"callbacks": ["langfuse"], "langfuse_host": target, "langfuse_public_key": "x", "langfuse_secret": "x"},
        {"callback_url": target, "webhook": target},
        {"aws_bedrock_runtime_endpoint": target},
        {"user": "os.environ/OPENAI_API_KEY", "stop": "os.environ/OPENAI_API_KEY"},
        {"models": [OTHER], "route": "fallback"},
        {"Model": OTHER, "MODEL": OTHER, " model": OTHER, "model\u200b": OTHER, "\uff4dodel": OTHER},
        *(
            {"fallbacks": names}
            for names in ([elsewhere], [{GRANTED: [OTHER]}], OTHER, [OTHER], [[OTHER]], {"x": OTHER})
        ),
        *({"provider": name} for name in ("claude", "kimi", ["claude"], {"name": "claude"})),
        {"model": OTHER},
        {"model": [GRANTED, OTHER]},
        {"model": f"{GRANTED},{OTHER}"},
    ]


@pytest.mark.parametrize("path", PATHS)
def test_no_field_asks_anybody_else(attacked: Recorded, simulator: Simulator, target: Target, path: str):
    with attacked.proxy.client(ONE) as client:
        for fields in _fields(target.url):
            client.post(path, json={**PATHS[path], "num_retries": 0, **fields})

            _require_the_granted(simulator, target, fields)
    assert simulator.attempts or path in UNSERVED, "no request was served: the test shows nothing"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("first", "last"), [(GRANTED, OTHER), (OTHER, GRANTED)])
def test_nor_does_a_field_that_is_there_twice(
    attacked: Recorded, simulator: Simulator, target: Target, path: str, first: str, last: str
):
    body = f'{{"model": "{first}", ' + json.dumps({**PATHS[path], "model": last})[1:]
    with attacked.proxy.client(ONE) as client:
        client.post(path, content=body, headers=JSON)

    _require_the_granted(simulator, target, body)


@pytest.mark.parametrize("path", PATHS)
def test_nor_a_query_or_a_header(attacked: Recorded, simulator: Simulator, target: Target, path: str):
    queries = [
        {"model": OTHER},
        {"api_base": target.url},
        {"custom_llm_provider": "anthropic"},
        {"provider": "claude"},
        {"fallbacks": OTHER},
        {"api-version": "../../x"},
    ]
    headers = [
        {"x-litellm-model": OTHER},
        {"custom-llm-provider": "anthropic"},
        {"x-litellm-api-base": target.url},
        {"x-litellm-team-id": "litellm-dashboard"},
        {"x-pass-authorization": "x"},
        {"x-http-method-override": "DELETE"},
        {"x-original-url": "/config/update"},
    ]
    with attacked.proxy.client(ONE) as client:
        for query in queries:
            client.post(path, json=PATHS[path], params=query)
            _require_the_granted(simulator, target, query)
        for header in headers:
            client.post(path, json=PATHS[path], headers=header)
            _require_the_granted(simulator, target, header)
    assert simulator.attempts or path in UNSERVED, "no request was served: the test shows nothing"


FORMS: list[dict[str, Any]] = [
    {"model": OTHER},
    {"model": [GRANTED, OTHER]},
    {"model": [OTHER, GRANTED]},
    {"model[]": OTHER},
    {"custom_llm_provider": "anthropic"},
    {"provider": "claude"},
    {"fallbacks": OTHER},
    {"fallbacks": json.dumps([OTHER])},
    {"user_config": json.dumps({"model_list": []})},
    {"extra_body": json.dumps({"model": OTHER})},
    {"metadata": json.dumps({"model_group": OTHER})},
]


@pytest.mark.parametrize(
    "path", ["/v1/audio/transcriptions", "/v1/images/edits", f"/openai/deployments/{GRANTED}/images/edits"]
)
def test_nor_a_form(attacked: Recorded, simulator: Simulator, target: Target, path: str):
    with attacked.proxy.client(ONE) as client:
        for fields in [*FORMS, {"api_base": target.url}, {"metadata[api_base]": target.url}]:
            files = {"file": ("a.wav", b"RIFF", "audio/wav"), "image": ("a.png", b"\x89PNG", "image/png")}
            client.post(path, data={"model": GRANTED, "prompt": "x", **fields}, files=files)

            _require_the_granted(simulator, target, fields)
    assert simulator.attempts, "no request was served: the test shows nothing"


def _require_the_granted(simulator: Simulator, target: Target, sent: object) -> None:
    """Asserts that there was no attempt, or only one at OpenAI for the granted model."""
    asked = [(request.provider, b"claude" in request.body.split(b'"messages"')[0]) for request in simulator.attempts]
    assert {provider for provider, _ in asked} <= {"openai"}, (sent, asked)
    named = {request.fields.get("model") for request in simulator.attempts if isinstance(request.fields, dict)}
    assert named <= {"gpt-4o-mini", None}, (sent, named)
    assert target.arrivals == [], sent
