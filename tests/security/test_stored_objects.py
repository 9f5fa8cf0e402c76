"""Permitted calls that name stored objects of the operator's account by id."""

from __future__ import annotations

from typing import Any

import pytest

from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.security.keys import EVERYTHING, ONE, OWNED_BY_AN_ADMIN
from tests.security.target import Target

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
OPENAI = {"model": "openai/gpt-4o-mini"}
RESPONSES = {"input": "Reply PONG", **OPENAI}


def _file(name: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "input_text", "text": "Reply PONG"}, {"type": name, **fields}]}]


@pytest.mark.parametrize("path", ["/v1/responses", "/v1/responses/compact"])
@pytest.mark.parametrize("key", [ONE, EVERYTHING])
def test_an_earlier_response_has_to_be_the_keys_own(attacked: Recorded, simulator: Simulator, key: str, path: str):
    with attacked.proxy.client(key) as client:
        response = client.post(path, json={**RESPONSES, "previous_response_id": "resp_of_somebody_else"})

    assert response.status_code == 403, response.text
    assert [request for request in simulator.attempts if b"somebody_else" in request.body] == []


@pytest.mark.parametrize("server", ["litellm_proxy", "litellm_proxy/mcp/wiki", "litellm_proxy/"])
@pytest.mark.parametrize(
    ("path", "body"), [("/v1/responses", RESPONSES), ("/v1/chat/completions", {"messages": PONG, **OPENAI})]
)
@pytest.mark.parametrize("key", [ONE, OWNED_BY_AN_ADMIN])
def test_the_proxys_mcp_servers_are_the_master_keys(
    attacked: Recorded, simulator: Simulator, key: str, path: str, body: dict[str, Any], server: str
):
    tool = {"type": "mcp", "server_label": "x", "server_url": server, "require_approval": "never"}
    with attacked.proxy.client(key) as client:
        response = client.post(path, json={**body, "tools": [tool]})

    assert response.status_code == 403, response.text
    assert "MCP servers of this proxy are open to the master key only" in response.json()["error"]["message"]
    assert simulator.attempts == []


@pytest.mark.parametrize("model", ["openai/gpt-4o-mini", "claude/claude-haiku-4-5", "kimi/k3", "ollama/qwen3.5:latest"])
@pytest.mark.parametrize("path", ["/v1/responses", "/v1/chat/completions", "/v1/messages"])
def test_the_proxy_calls_no_mcp_server_for_a_client(attacked: Recorded, target: Target, path: str, model: str):
    server = {"type": "mcp", "server_label": "x", "server_url": f"{target.url}/mcp/x", "require_approval": "never"}
    named = {"type": "url", "name": "x", "url": f"{target.url}/mcp/x"}
    body = {"model": model, "messages": PONG, "input": "PONG", "max_tokens": 64, "mcp_servers": [named]}
    with attacked.proxy.client(EVERYTHING) as client:
        for tools in ([server], [{"type": "mcp_toolset", "mcp_server_name": "x"}]):
            client.post(path, json={**body, "tools": tools, "num_retries": 0})

    assert target.arrivals == []


FILES = [
    ("/v1/responses", {"input": _file("input_file", file_id="file-canary-1")}),
    ("/v1/responses", {"input": "x", "tools": [{"type": "file_search", "vector_store_ids": ["vs_canary-1"]}]}),
    ("/v1/responses", {"input": "x", "tools": [{"type": "code_interpreter", "container": "cntr_canary-1"}]}),
    (
        "/v1/chat/completions",
        {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "file-canary-1"}}]}]},
    ),
]


@pytest.mark.parametrize(("path", "body"), FILES)
def test_an_object_is_named_to_the_models_provider_and_to_nobody_else(
    attacked: Recorded, simulator: Simulator, target: Target, path: str, body: dict[str, Any]
):
    with attacked.proxy.client(ONE) as client:
        client.post(path, json={**OPENAI, **body})

    assert {request.provider for request in simulator.attempts} == {"openai"}
    assert all(b"canary-1" in request.body for request in simulator.attempts)
    assert target.arrivals == []


@pytest.mark.parametrize(
    "model", ["kimi/k3", "ollama/qwen3.5:latest", "claude/claude-haiku-4-5", "gemini/gemini-2.5-flash"]
)
def test_another_providers_model_searches_no_store_with_the_operators_openai_key(
    attacked: Recorded, simulator: Simulator, target: Target, model: str
):
    """LiteLLM emulates file_search for models without it."""
    tools = [{"type": "file_search", "vector_store_ids": ["vs_canary-1"]}]
    with attacked.proxy.client(EVERYTHING) as client:
        client.post("/v1/responses", json={"model": model, "input": "Search it", "tools": tools, "num_retries": 0})

    assert {request.provider for request in simulator.attempts} <= {model.partition("/")[0]}
    assert target.arrivals == []
