"""Model names in the running proxy: every endpoint uses the same resolver."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator

ASK = [{"role": "user", "content": "Reply PONG"}]

ENDPOINTS: dict[str, tuple[str, dict[str, Any]]] = {
    "chat": ("/v1/chat/completions", {"messages": ASK}),
    "old chat": ("/v1/chat", {"messages": ASK}),
    "messages": ("/v1/messages", {"messages": ASK, "max_tokens": 64}),
    "responses": ("/v1/responses", {"input": "Reply PONG"}),
    "completions": ("/v1/completions", {"prompt": "Reply PONG"}),
    "embeddings": ("/v1/embeddings", {"input": "PONG"}),
}

NAMES = [
    # the name in the request, its provider field, the provider that gets the request, the model that it gets
    ("qwen3.5:latest", None, "ollama", "qwen3.5:latest"),
    ("ollama/qwen3.5:latest", None, "ollama", "qwen3.5:latest"),
    ("cloud/gpt-oss:120b", None, "ollama_cloud", "gpt-oss:120b"),
    ("gpt-oss:120b:cloud", None, "ollama_cloud", "gpt-oss:120b"),
    ("gpt-oss:120b-cloud", None, "ollama_cloud", "gpt-oss:120b"),
    ("openrouter/openai/gpt-oss-120b:free", None, "openrouter", "openai/gpt-oss-120b:free"),
    ("fast", None, "openai", "gpt-4o-mini"),
    ("nested", None, "openai", "gpt-4o-mini"),
    ("gpt-4o-mini", None, "openai", "gpt-4o-mini"),
    ("gpt-4o-mini", "openai", "openai", "gpt-4o-mini"),
    (None, "openai", "openai", "gpt-4o-mini"),
    ("openai/gpt-4o-mini", "openrouter", "openrouter", "openai/gpt-4o-mini"),
]

EMBEDDINGS = [
    ("nomic-embed-text:latest", None, "ollama", "nomic-embed-text:latest"),
    ("text-embedding-3-small", None, "openai", "text-embedding-3-small"),
    ("openai/text-embedding-3-small", None, "openai", "text-embedding-3-small"),
]

REFUSED = [
    ({}, 400, "names no model"),
    ({"model": ""}, 400, "a name that is not empty"),
    ({"model": 7}, 400, ""),
    ({"model": "kimi/"}, 400, "the name is empty"),
    ({"model": ":cloud"}, 400, "the name is empty"),
    ({"model": "openai/gpt-4o-mini,claude/claude-haiku-4-5"}, 400, "not a model name"),
    ({"model": "openai/*"}, 400, "not a model name"),
    ({"model": "openai/../admin"}, 400, "not a model name"),
    ({"model": "openai/gpt\r\nX-Evil: 1"}, 400, "not a model name"),
    ({"model": "keyless/some-model"}, 404, "set KEYLESS_API_KEY"),
    ({"model": "llama3:keyless"}, 404, "set KEYLESS_API_KEY"),
    ({"model": "keyless-large"}, 404, "set KEYLESS_API_KEY"),
    ({"model": "retired/some-model"}, 404, "switched off"),
    ({"model": "claude/gpt-4o"}, 404, "claude-*"),
    ({"model": "x", "provider": "nobody"}, 404, "no such provider"),
]


def _post(client: httpx.Client, endpoint: str, **fields: Any) -> httpx.Response:
    path, body = ENDPOINTS[endpoint]
    return client.post(path, json={**body, **{name: value for name, value in fields.items() if value is not None}})


@pytest.mark.parametrize(("model", "provider", "upstream", "sent"), NAMES)
@pytest.mark.parametrize("endpoint", ["chat", "old chat", "messages", "responses", "completions"])
def test_a_name_reaches_its_provider_stripped(
    client: httpx.Client, simulator: Simulator, endpoint: str, model: str, provider: str, upstream: str, sent: str
):
    response = _post(client, endpoint, model=model, provider=provider)

    assert response.status_code == 200, response.text
    assert "PONG" in response.text
    generations = simulator.attempts
    assert {(request.provider, request.fields["model"]) for request in generations} == {(upstream, sent)}
    assert "provider" not in generations[0].fields
    if model:
        assert response.json()["model"] == model


@pytest.mark.parametrize(("model", "provider", "upstream", "sent"), EMBEDDINGS)
def test_an_embedding_model_reaches_its_provider(
    client: httpx.Client, simulator: Simulator, model: str, provider: str, upstream: str, sent: str
):
    response = _post(client, "embeddings", model=model, provider=provider)

    assert response.status_code == 200, response.text
    assert response.json()["data"][0]["embedding"]
    assert [(request.provider, request.fields["model"]) for request in simulator.attempts] == [(upstream, sent)]


@pytest.mark.parametrize(("fields", "status", "says"), REFUSED)
@pytest.mark.parametrize("endpoint", sorted(ENDPOINTS))
def test_a_refused_name_reaches_nobody(
    client: httpx.Client, simulator: Simulator, endpoint: str, fields: dict[str, Any], status: int, says: str
):
    response = _post(client, endpoint, **fields)

    assert response.status_code == status, response.text
    assert says in response.json()["error"]["message"]
    assert simulator.attempts == []


def test_an_unknown_prefix_goes_to_the_default_provider_untouched(client: httpx.Client, simulator: Simulator):
    response = _post(client, "chat", model="unknown/thing")

    assert response.status_code == 404
    assert "model 'unknown/thing' not found" in response.json()["error"]["message"]
    assert {request.provider for request in simulator.attempts} == {"ollama"}


def test_a_provider_object_is_openrouters_own_and_passes_through(client: httpx.Client, simulator: Simulator):
    order = {"order": ["groq"], "allow_fallbacks": False}
    reasoning = {"effort": "low"}

    response = _post(client, "chat", model="openrouter/openai/gpt-oss-120b:free", provider=order, reasoning=reasoning)

    assert response.status_code == 200, response.text
    (request,) = simulator.attempts
    assert request.fields["provider"] == order
    assert request.fields["reasoning"] == reasoning


DECLARED = [
    "claude/claude-haiku-4-5",
    "gemini/gemini-2.5-flash",
    "kimi/kimi-for-coding",
    "moonshot/kimi-house-model",
    "moonshot/kimi-k2.6",
    "moonshot/kimi-k3",
    "ollama/qwen3.5:latest",
    "ollama_cloud/gpt-oss:120b",
    "openai/gpt-4o-mini",
    "opencode/glm-5.3",
    "opencode_go/glm-5.3",
    "openrouter/openai/gpt-oss-120b:free",
]
ALIASES = ["fast", "local", "nested", "thinker"]
PATTERNS = [f"{provider}/*" for provider in sorted({name.partition("/")[0] for name in DECLARED})]


@pytest.mark.parametrize(
    ("path", "key", "names"),
    [
        ("/v1/models", "id", [*DECLARED, *ALIASES]),
        ("/v1/models?return_wildcard_routes=true", "id", [*DECLARED, *ALIASES, *PATTERNS]),
        ("/model/info", "model_name", [*DECLARED, *ALIASES]),
        ("/model_group/info", "model_group", [*DECLARED, *ALIASES]),
    ],
)
def test_what_is_declared_is_listed_once_and_nothing_else(client: httpx.Client, path: str, key: str, names: list[str]):
    listed = [model[key] for model in client.get(path).json()["data"]]

    assert sorted(listed) == sorted(names)


def test_the_provider_list_of_the_source_systems_has_exactly_the_registered_ones(client: httpx.Client):
    assert client.get("/v1/chat/providers").json() == {
        "providers": [
            "claude",
            "gemini",
            "kimi",
            "moonshot",
            "ollama",
            "ollama_cloud",
            "openai",
            "opencode",
            "opencode_go",
            "openrouter",
        ]
    }


@pytest.mark.parametrize("path", ["/v1/chat/providers", "/v1/models"])
def test_listing_needs_a_key(client: httpx.Client, path: str):
    assert client.get(path, headers={"Authorization": "Bearer sk-nobody"}).status_code in {400, 401}


def test_the_old_chat_route_needs_a_key(client: httpx.Client, simulator: Simulator):
    response = client.post("/v1/chat", headers={"Authorization": ""}, json={"model": "local", "messages": ASK})

    assert response.status_code == 401
    assert simulator.attempts == []


def test_a_health_check_asks_no_provider_that_costs_anything(client: httpx.Client, simulator: Simulator):
    checked = client.get("/health").json()

    assert {endpoint["model"] for endpoint in checked["healthy_endpoints"]} == {"ollama_chat/qwen3.5:latest"}
    assert checked["unhealthy_count"] == 0
    assert {request.provider for request in simulator.attempts} == {"ollama"}


def test_model_information_says_where_a_provider_really_is(client: httpx.Client, simulator: Simulator):
    rows = client.get("/v1/model/info").json()["data"]

    bases = {row["model_name"]: row["litellm_params"].get("api_base") for row in rows}
    assert bases["ollama/qwen3.5:latest"] == simulator.environ()["OLLAMA_BASE_URL"]
    assert bases["kimi/kimi-for-coding"] == simulator.environ()["KIMI_BASE_URL"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/v1/chat/completions", None),
        ("/v1/chat/completion", None),
        ("/v1/v1/messages", "error"),
        ("/v1", None),
        ("/favicon.ico", None),
    ],
)
def test_a_path_that_does_not_exist_says_what_base_urls_end_with(client: httpx.Client, path: str, kind: str | None):
    response = client.post(path, json={"model": "fast"})

    assert response.status_code == 404
    answer = response.json()
    assert answer.get("type") == kind, "Anthropic's clients expect their own format"
    assert answer["error"]["type"] == "not_found_error"
    assert answer["error"]["message"] == (
        f"POST {path} does not exist. An OpenAI client's base URL ends with /v1; an Anthropic client's has no path"
    )
