"""A key other than the master key reaches only listed routes, in any spelling of a path."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.running import MASTER_KEY
from tests.security.keys import EVERYTHING, ONE, OWNED_BY_AN_ADMIN
from tests.security.raw import exchange, status, written
from tests.security.target import Target

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
MESSAGE = {"model": "claude-haiku-4-5", "max_tokens": 64, "messages": PONG}
CHAT = {"model": "openai/gpt-5-mini", "messages": PONG}
CONTENTS = {"contents": [{"parts": [{"text": "PONG"}]}]}

PASS_THROUGH = [
    ("POST", "/anthropic/v1/messages", MESSAGE),
    ("POST", "/anthropic/v1/messages/batches", {"requests": []}),
    ("GET", "/anthropic/v1/files", None),
    ("POST", "/openai/v1/chat/completions", CHAT),
    ("POST", "/openai/v1/images/generations", {"prompt": "PONG"}),
    ("POST", "/openai/v1/threads", {}),
    ("POST", "/openai_passthrough/v1/chat/completions", CHAT),
    ("GET", "/openai_passthrough/v1/files", None),
    ("DELETE", "/openai/v1/vector_stores/vs_1", None),
    ("POST", "/openrouter/chat/completions", CHAT),
    ("POST", "/gemini/v1beta/models/gemini-2.5-flash:generateContent", CONTENTS),
    ("POST", "/mistral/v1/chat/completions", CHAT),
    ("POST", "/cohere/v2/chat", CHAT),
]


@pytest.mark.parametrize("key", [ONE, EVERYTHING, OWNED_BY_AN_ADMIN, "sk-session-of-a-user"])
@pytest.mark.parametrize(("method", "path", "body"), PASS_THROUGH)
def test_a_pass_through_route_is_the_master_keys(
    attacked: Recorded, target: Target, simulator: Simulator, method: str, path: str, body: Any, key: str
):
    with attacked.proxy.client(key) as client:
        response = client.request(method, path, json=body)

    assert response.status_code == 403, response.text
    assert "open to the master key only" in response.text
    assert target.arrivals == []
    assert simulator.attempts == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [PASS_THROUGH[0], PASS_THROUGH[3], PASS_THROUGH[6], PASS_THROUGH[9], PASS_THROUGH[10], PASS_THROUGH[12]],
)
def test_there_it_arrives_so_that_the_test_above_can_fail(
    attacked: Recorded, target: Target, method: str, path: str, body: Any
):
    with attacked.proxy.client(MASTER_KEY) as client:
        # Gemini's pass-through accepts a key only in the query.
        client.request(method, path, json=body, params={"key": MASTER_KEY} if "gemini" in path else None)

    assert len(target.arrivals) == 1


SPELLINGS = [
    "//anthropic/v1/messages",
    "/anthropic//v1/messages",
    "/./anthropic/v1/messages",
    "/v1/../anthropic/v1/messages",
    "/v1/models/../../anthropic/v1/messages",
    "/anthropic%2fv1/messages",
    "/%61nthropic/v1/messages",
    "/anthropic/v1/messages/",
    "/Anthropic/v1/messages",
    "/anthropic/v1/messages?x=/v1/chat/completions",
    "/anthropic;/v1/messages",
    "/anthropic/v1/messages%00",
    "//gemini/v1beta/models/gemini-2.5-flash:generateContent",
    "/v1beta/models/..%2f..%2fgemini:generateContent",
    "/openai/deployments/../v1/files/chat/completions",
    "/openai/deployments/m/chat/completions/",
    "/openai/deployments/m//chat/completions",
    "/openai/deployments/%2e%2e/v1/batches/chat/completions",
    "http://internal/anthropic/v1/messages",
    "/engines/../anthropic/v1/messages",
]


@pytest.mark.parametrize("path", SPELLINGS)
def test_no_spelling_of_a_path_opens_another_route(attacked: Recorded, target: Target, simulator: Simulator, path: str):
    answer = exchange(attacked.proxy.url, written("POST", path, EVERYTHING, json.dumps(MESSAGE).encode()))

    assert 400 <= status(answer) < 500, answer
    assert target.arrivals == []
    assert simulator.attempts == []


OPERATORS_OBJECTS = [
    *(("GET", f"{version}/{kind}") for version in ("", "/v1") for kind in ("files", "batches", "vector_stores")),
    *(("GET", f"/v1/{kind}") for kind in ("skills", "containers", "evals", "assistants", "fine_tuning/jobs", "videos")),
    *(("GET", f"/v1/{kind}/x_1") for kind in ("files", "batches", "vector_stores", "containers", "skills", "threads")),
    *(("DELETE", f"/v1/{kind}/x_1") for kind in ("files", "vector_stores", "containers", "skills", "responses")),
    ("GET", "/openai/v1/files"),
    ("GET", "/v1/files/file-1/content"),
    ("GET", "/v1/responses/resp_1"),
    ("GET", "/interactions/x"),
    ("DELETE", "/v1beta/interactions/x"),
    ("POST", "/v1/rag/ingest"),
    ("POST", "/v1/rag/query"),
    ("POST", "/v1/vector_stores/vs_1/search"),
    ("GET", "/v1/memory"),
    ("GET", "/v1beta/agents"),
    ("GET", "/config/yaml"),
    ("GET", "/get/config/callbacks"),
    ("POST", "/config/update"),
    ("GET", "/user/filter/ui"),
    ("GET", "/spend/logs"),
    ("GET", "/debug/memory/summary"),
    ("GET", "/health"),
    ("GET", "/a/route/of/a/new/litellm"),
]


@pytest.mark.parametrize("key", [ONE, EVERYTHING, OWNED_BY_AN_ADMIN])
@pytest.mark.parametrize(("method", "path"), OPERATORS_OBJECTS)
def test_what_the_operator_has_stored_or_set_is_the_operators(
    attacked: Recorded, target: Target, simulator: Simulator, method: str, path: str, key: str
):
    with attacked.proxy.client(key) as client:
        response = client.request(method, path, json={} if method == "POST" else None)

    assert response.status_code == 403, response.text
    assert target.arrivals == []
    assert simulator.attempts == []


def test_the_master_key_reaches_what_is_closed_to_others(attacked: Recorded):
    with attacked.proxy.client(MASTER_KEY) as client:
        assert client.get("/get/config/callbacks").status_code == 200
        assert client.get("/router/settings").status_code == 200


def test_a_session_of_the_admin_ui_reaches_what_its_role_may(attacked: Recorded):
    with attacked.proxy.client("sk-session-of-an-admin") as client:
        assert client.get("/get/config/callbacks").status_code == 200
    with attacked.proxy.client("sk-session-of-a-user") as client:
        assert client.get("/get/config/callbacks").status_code == 403
        # LiteLLM's own error, because it queries the database.
        assert "open to the master key only" not in client.get("/user/info").text


def test_a_key_that_nobody_knows_is_refused_as_one(attacked: Recorded):
    with attacked.proxy.client("sk-nobody") as client:
        assert client.get("/v1/files").status_code == 401


SHAPES: list[tuple[str, Any]] = [
    ("/v1/messages/batches", lambda body: (body["type"], body["error"]["type"]) == ("error", "permission_error")),
    ("/v1beta/interactions", lambda body: body["error"]["status"] == "PERMISSION_DENIED"),
    ("/v1/batches", lambda body: body["error"]["type"] == "permission_error"),
]


@pytest.mark.parametrize(("path", "is_of_the_protocol"), SHAPES, ids=[path for path, _ in SHAPES])
def test_a_refusal_is_one_sentence_in_the_clients_protocol(attacked: Recorded, path: str, is_of_the_protocol: Any):
    with attacked.proxy.client(ONE) as client:
        response = client.post(path, json={})

    assert response.status_code == 403
    assert is_of_the_protocol(response.json())
    assert response.json()["error"]["message"] == f"POST {path} is open to the master key only"
