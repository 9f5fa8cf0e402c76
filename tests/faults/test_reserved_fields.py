"""Clients may not send fields that set key destinations, other calls, or proxy settings."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator
from tests.faults.asking import CHAT, HELLO, JSON, OPENAI, PATHS, body_with, refused
from tests.observability.audit.recorded import Recorded

pytestmark = pytest.mark.proxy


@pytest.mark.parametrize("field", ["api_base", "base_url"])
def test_litellm_refuses_another_base_url(client: httpx.Client, simulator: Simulator, field: str):
    response = client.post(CHAT, content=body_with(**{field: "http://127.0.0.1:1/"}), headers=JSON)
    assert response.status_code == 401
    assert "is not allowed in request body" in response.text
    assert simulator.attempts == []


@pytest.mark.parametrize("fields", [{}, {"extra_body": {"custom_llm_provider": "replicate"}}], ids=["plain", "nested"])
@pytest.mark.parametrize("path", PATHS)
def test_a_request_cannot_say_where_a_key_goes(
    client: httpx.Client, simulator: Simulator, path: str, fields: dict[str, Any]
):
    """Otherwise LiteLLM sends the deployment's key to the service that the client names."""
    body = {"model": OPENAI, **PATHS[path], **(fields or {"custom_llm_provider": "replicate"})}
    response = client.post(path, json=body)
    assert response.status_code == 400, response.text
    assert "custom_llm_provider is not taken from requests: it says where a key goes" in response.text
    assert simulator.attempts == []


def test_an_upload_cannot_say_where_a_key_goes(client: httpx.Client, simulator: Simulator):
    form = {"model": OPENAI, "custom_llm_provider": "replicate"}
    response = client.post("/v1/audio/transcriptions", data=form, files={"file": ("a.wav", b"PONG")})
    assert response.status_code == 400, response.text
    assert "it says where a key goes" in response.text
    assert simulator.attempts == []


@pytest.mark.parametrize("path", ["/v1/containers", "/interactions"])
def test_a_provider_that_litellm_fills_in_itself_passes(client: httpx.Client, path: str):
    response = client.post(path, json={"model": OPENAI, **PATHS[path]})
    assert "is not taken from requests" not in response.text


RESERVED: dict[str, Any] = {
    "api_key": "sk-a-clients-own",
    "organization": "org-other",
    "region_name": "eu",
    "aws_access_key_id": "AKIA",
    "litellm_credential_name": "other",
    "ssl_verify": False,
    "client": "x",
    "headers": {"Authorization": "Bearer other"},
    "provider_specific_header": {"custom_llm_provider": "openai", "extra_headers": {"Authorization": "Bearer other"}},
    "deployment_id": "gpt-5",
    "specific_deployment": True,
    "models": ["openai/gpt-5"],
    "context_window_fallback_dict": {"gpt-4o-mini": "gpt-5"},
    "router_settings_override": {"fallbacks": ["local/m"]},
    "rpm": 1,
    "cooldown_time": 0,
    "cache_key": "of another",
    "litellm_request_debug": True,
    "no-log": True,
    "acompletion": False,
    "self": 1,
    "_skip_mcp_handler": True,
}


@pytest.mark.parametrize("model", [OPENAI, "claude-haiku-4-5", "local/m", "kimi/kimi-for-coding"])
@pytest.mark.parametrize("field", RESERVED)
def test_what_is_the_operators_is_not_taken_from_requests(
    client: httpx.Client, simulator: Simulator, model: str, field: str
):
    body = body_with(model=model, **{field: RESERVED[field]})
    assert refused(client.post(CHAT, content=body, headers=JSON), f"{field} is not taken from requests: it ")
    assert simulator.attempts == []


def test_a_fields_name_stays_in_its_line(client: httpx.Client, recorded: Recorded):
    response = client.post(CHAT, content=body_with(**{"_x\r\nFORGED: all is well \x1b[2J": 1}), headers=JSON)
    assert refused(response, "_x??FORGED: all is well ?[2J is not taken from requests")
    assert not any(line.startswith("FORGED: all") for line in recorded.proxy.log().splitlines())


@pytest.mark.parametrize("field", ["model", "messages", "input", "prompt", "system", "stream"])
def test_extra_body_does_not_replace_the_request(client: httpx.Client, simulator: Simulator, field: str):
    body = body_with(extra_body={field: HELLO})
    assert refused(client.post(CHAT, content=body, headers=JSON), f"{field} is not taken from extra_body")
    assert simulator.attempts == []


CLIENTS_OWN: dict[str, Any] = {
    "timeout": 30,
    "stream_timeout": 30,
    "request_timeout": 30,
    "num_retries": 0,
    "max_retries": 0,
    "tags": ["a"],
    "metadata": {"custom_llm_provider": "replicate", "order": "5"},
    "user": "u",
    "cache": {"no-cache": True},
    "drop_params": True,
    "litellm_trace_id": "t",
    "litellm_session_id": "s",
    "guardrails": [],
    "extra_headers": {"X-A": "b"},
    "extra_body": {"seed": 1},
    **dict.fromkeys(("fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "extra_body", "stop")),
}


@pytest.mark.parametrize("path", [CHAT, "/v1/messages", "/v1/responses", "/v1/completions", "/v1/embeddings"])
@pytest.mark.parametrize("field", CLIENTS_OWN)
def test_what_clients_have_a_use_for_is_taken(client: httpx.Client, simulator: Simulator, path: str, field: str):
    """Null counts as absent."""
    response = client.post(path, json={"model": OPENAI, **PATHS[path], field: CLIENTS_OWN[field]})
    assert response.status_code == 200, response.text
    assert {request.provider for request in simulator.attempts} == {"openai"}


def test_azures_sdks_may_name_a_version(client: httpx.Client, simulator: Simulator):
    path = "/openai/deployments/gpt-4o-mini/chat/completions?api-version=2026-01-01"
    assert client.post(path, json={"messages": HELLO}).status_code == 200
    assert simulator.attempts[-1].fields["model"] == "gpt-4o-mini"
