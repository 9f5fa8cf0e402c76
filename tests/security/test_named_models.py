"""A model named anywhere in a body is routed and checked, or refused, before any attempt."""

from __future__ import annotations

from typing import Any

import pytest

from pointsman.simulator import Simulator
from tests.database.asking import manage, new_key
from tests.observability.audit.recorded import Recorded
from tests.security.keys import EVERYTHING, ONE

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
OPENAI = {"model": "openai/gpt-4o-mini"}
CHAT = {"messages": PONG, **OPENAI}
MESSAGES = {"messages": PONG, "max_tokens": 64, **OPENAI}
RESPONSES = {"input": "Reply PONG", **OPENAI}


def advisor(model: object, **fields: Any) -> dict[str, Any]:
    return {"tools": [{"type": "advisor_20260301", "name": "advisor", "model": model, **fields}]}


def image_tool(model: str) -> dict[str, Any]:
    return {"tools": [{"type": "image_generation", "model": model}]}


WITHHELD: list[tuple[str, dict[str, Any]]] = [
    ("/v1/messages", {**MESSAGES, **advisor("claude/claude-haiku-4-5")}),
    ("/v1/messages", {**MESSAGES, **advisor("openai/gpt-5-mini")}),
    ("/v1/messages", {**MESSAGES, **advisor("kimi/kimi-for-coding")}),
    ("/v1/messages", {**MESSAGES, **advisor("local")}),
    ("/v1/messages", {**MESSAGES, **advisor(["local"])}),
    ("/v1/messages", {**MESSAGES, **advisor("openai/gpt-4o-mini", api_base="http://127.0.0.1:1", api_key="x")}),
    ("/v1/messages", {**MESSAGES, "tools": [{"type": "custom", "name": "x", "input_schema": {}, "model": "local"}]}),
    ("/v1/chat/completions", {**CHAT, **advisor("local")}),
    ("/v1/responses", {**RESPONSES, **image_tool("gpt-image-1")}),
    ("/v1/responses", {**RESPONSES, "tools": [{"type": "x", "config": {"model": "openai/gpt-4o-mini"}}]}),
    ("/v1/chat/completions", {**CHAT, "plugins": [{"id": "fusion", "analysis_models": ["openai/gpt-5"]}]}),
    ("/v1/chat/completions", {**CHAT, "draft_model": "openai/gpt-5-mini"}),
    ("/v1/chat/completions", {**CHAT, "speculation": {"draftModel": "openai/gpt-5-mini"}}),
    ("/v1/chat/completions", {**CHAT, "guardrails": [{"judge": {"extra_body": {"model": "claude/x"}}}]}),
    ("/v1/chat/completions", {**CHAT, "context_management": {"compact": {"model": "local"}}}),
    ("/v1/embeddings", {"input": "x", **OPENAI, **advisor("openai/gpt-4o-mini")}),
]


@pytest.mark.parametrize(("path", "body"), WITHHELD)
def test_another_model_in_a_body_is_refused(attacked: Recorded, simulator: Simulator, path: str, body: dict[str, Any]):
    with attacked.proxy.client(ONE) as client:
        response = client.post(path, json=body)

    assert response.status_code in {400, 403}, response.text
    assert simulator.attempts == []


def test_a_provider_for_explicit_requests_is_nobodys_advisor(attacked: Recorded, simulator: Simulator):
    with attacked.proxy.client(EVERYTHING) as client:
        response = client.post("/v1/messages", json={**MESSAGES, **advisor("kimi/kimi-for-coding")})

    assert response.status_code == 400
    assert "only serves explicit requests" in response.json()["error"]["message"]
    assert simulator.attempts == []


def test_an_advisor_of_the_same_provider_is_sent_under_the_name_that_it_has_there(
    attacked: Recorded, simulator: Simulator
):
    body = {**MESSAGES, "model": "claude/claude-haiku-4-5", **advisor("claude/claude-sonnet-4-5")}
    with attacked.proxy.client(EVERYTHING) as client:
        response = client.post("/v1/messages", json=body)

    assert response.status_code == 200, response.text
    assert [request.fields["tools"][0]["model"] for request in simulator.attempts] == ["claude-sonnet-4-5"]


@pytest.mark.parametrize("key", [ONE, "sk-of-one-claude-only"])
def test_nor_without_a_grant_for_it(attacked: Recorded, simulator: Simulator, key: str):
    body = {**MESSAGES, "model": "claude/claude-haiku-4-5", **advisor("claude/claude-sonnet-4-5")}
    with attacked.proxy.client(key) as client:
        response = client.post("/v1/messages", json=body)

    assert response.status_code == 403, response.text
    assert simulator.attempts == []


def test_an_image_tool_may_name_a_model_that_was_granted(attacked: Recorded, simulator: Simulator):
    with attacked.proxy.client(EVERYTHING) as client:
        client.post("/v1/responses", json={**RESPONSES, **image_tool("openai/gpt-image-1")})

    assert [request.fields["tools"][0]["model"] for request in simulator.attempts] == ["gpt-image-1"]


INNOCENT: list[dict[str, Any]] = [
    {"messages": [{"role": "user", "content": [{"type": "text", "text": "x", "model": "y"}]}]},
    {"metadata": {"model": "of our own"}},
    {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"properties": {"model": {}}}}}]},
    {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "s", "schema": {"type": "object", "properties": {"model": {"type": "string"}}}},
        }
    },
]


@pytest.mark.parametrize("fields", INNOCENT)
def test_a_conversation_and_a_schema_name_none(attacked: Recorded, simulator: Simulator, fields: dict[str, Any]):
    with attacked.proxy.client(ONE) as client:
        response = client.post("/v1/chat/completions", json={**CHAT, **fields})

    assert response.status_code == 200, response.text
    assert [request.provider for request in simulator.attempts] == ["openai"]


OTHER_FORMS: list[tuple[str, dict[str, Any]]] = [
    ("/openai/deployments/gpt-5-mini/chat/completions", CHAT),
    ("/openai/deployments/openai/gpt-5-mini/chat/completions", {"messages": PONG}),
    ("/engines/gpt-5-mini/chat/completions", {"messages": PONG}),
    ("/v1beta/models/gpt-5-mini:generateContent", {"contents": [{"parts": [{"text": "PONG"}]}]}),
    ("/models/gemini-2.5-flash:generateContent", {"contents": [{"parts": [{"text": "PONG"}]}]}),
    ("/v1beta/models/gemini-2.5-flash:countTokens", {"contents": [{"parts": [{"text": "PONG"}]}]}),
    ("/v1/messages/count_tokens", {"messages": PONG, "model": "claude/claude-haiku-4-5"}),
    ("/v1/responses/input_tokens", {"input": "x", "model": "openai/gpt-5-mini"}),
    ("/v1/responses/compact", {"input": "x", "model": "openai/gpt-5-mini"}),
    ("/v1/moderations", {"input": "x", "model": "openai/omni-moderation-latest"}),
    ("/v1/moderations", {"input": "x"}),
    ("/v1/images/generations", {"prompt": "x"}),
    ("/v1/audio/speech", {"input": "x", "voice": "alloy"}),
    ("/v1/rerank", {"query": "x", "documents": ["x"]}),
    ("/v1/embeddings", {"input": "x", "model": "text-embedding-3-small"}),
]


@pytest.mark.parametrize(("path", "body"), OTHER_FORMS)
def test_no_other_form_of_a_request_opens_a_model(
    attacked: Recorded, simulator: Simulator, path: str, body: dict[str, Any]
):
    with attacked.proxy.client(ONE) as client:
        response = client.post(path, json=body)

    assert simulator.attempts == [], response.text
    assert response.status_code in {400, 401, 403, 404} or "count" in path or "tokens" in path, response.text


@pytest.mark.parametrize("provider", ["claude", "kimi", "ollama"])
def test_tokens_are_counted_where_the_model_is(attacked: Recorded, simulator: Simulator, provider: str):
    with attacked.proxy.client(ONE) as client:
        client.post("/v1/messages/count_tokens", json={"messages": PONG, **OPENAI, "provider": provider})

    assert {request.provider for request in simulator.attempts} <= {"openai"}


@pytest.mark.parametrize(("key", "answering"), [(ONE, []), (EVERYTHING, ["openrouter"])])
def test_a_registrys_fallback_needs_a_grant_too(
    attacked: Recorded, simulator: Simulator, key: str, answering: list[str]
):
    """A client can make its own model fail, by a short timeout, for example."""
    simulator.script("openai", "quota")
    with attacked.proxy.client(key) as client:
        response = client.post("/v1/chat/completions", json=CHAT)

    assert response.status_code == (200 if answering else 429), response.text
    assert [request.provider for request in simulator.attempts] == ["openai", *answering]


def test_a_model_added_in_the_admin_ui_needs_a_grant_wherever_it_is_named(
    by_virtual_keys: Recorded, simulator: Simulator
):
    """LiteLLM checks the body's name only, and prefers the one in the path or the query."""
    proxy, env = by_virtual_keys.proxy, simulator.environ()
    params = {"model": "openai/gpt-5-mini", "api_base": env["OPENAI_BASE_URL"], "api_key": env["OPENAI_API_KEY"]}
    added = manage(proxy, "/model/new", model_name="in-house", litellm_params=params, model_info={})
    gemini = {"contents": [{"parts": [{"text": "PONG"}]}]}
    named: list[tuple[str, dict[str, Any]]] = [
        ("/v1/chat/completions", {"messages": PONG, "model": "in-house"}),
        ("/v1/chat/completions?model=in-house", CHAT),
        ("/v1/chat?model=in-house", CHAT),
        ("/v1/completions?model=in-house", {"prompt": "PONG", **OPENAI}),
        ("/v1/embeddings?model=in-house", {"input": "x", **OPENAI}),
        ("/engines/in-house/chat/completions", CHAT),
        ("/openai/deployments/in-house/chat/completions", CHAT),
        ("/v1beta/models/in-house:generateContent", {**gemini, **OPENAI}),
    ]

    def statuses(key: str) -> list[int]:
        with proxy.client(key) as client:
            return [client.post(path, json=body).status_code for path, body in named]

    assert statuses(ONE) == [403] * len(named)
    with proxy.client(ONE) as client:
        assert client.post("/v1/chat/completions", json={**CHAT, "fallbacks": ["in-house"]}).status_code == 403
    assert simulator.attempts == []
    assert statuses(new_key(proxy, models=["in-house", "openai/gpt-4o-mini"])) == [200] * len(named)
    team = manage(proxy, "/team/new", models=["mine"], model_aliases={"mine": "in-house"})["team_id"]
    with proxy.client(new_key(proxy, team_id=team)) as client:
        assert client.post("/v1/chat/completions", json={**CHAT, "model": "mine"}).status_code == 200
    manage(proxy, "/model/delete", id=added["model_id"])
