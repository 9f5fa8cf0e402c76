"""A key or team for one model reaches no other model through any routing rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import yaml

from custom_providers.registry.model import Registry
from pointsman.config.render import config
from pointsman.simulator import Simulator
from tests.running import REPOSITORY, Proxy, litellm

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]


@pytest.fixture(scope="module")
def guarded(
    upstreams: Simulator, example_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """A proxy whose keys are restricted to models, checked by LiteLLM's own access rules."""
    folder = tmp_path_factory.mktemp("guarded")
    settings = config(example_registry)
    settings["general_settings"] |= {
        "custom_auth": "tests.proxy.keys_of_clients.authenticate",
        "custom_auth_run_common_checks": True,
    }
    settings["litellm_settings"]["enable_post_custom_auth_checks"] = True
    # As if added in the admin UI: a name that no rule of the registry matches, and one that a glob matches.
    added = {
        "model": "openai/gpt-4o-mini",
        "api_base": upstreams.environ()["OPENAI_BASE_URL"],
        "api_key": "os.environ/OPENAI_API_KEY",
    }
    for name in ("house-model", "gpt-5-of-the-house"):
        settings["model_list"].append({"model_name": name, "litellm_params": added, "model_info": {}})
    settings["router_settings"]["model_group_alias"] |= {
        "house-alias": "openai/gpt-4o-mini",
        "house-local": "ollama/qwen3.5:latest",
        "house-thinker": "kimi/kimi-for-coding",
    }
    path = folder / "litellm_config.yaml"
    path.write_text(yaml.safe_dump(settings))
    env = {**upstreams.environ(), "PYTHONPATH": str(REPOSITORY)}
    with litellm(path, env, folder / "proxy.log") as proxy:
        yield proxy


def _ask(guarded: Proxy, key: str, path: str = "/v1/chat/completions", **fields: Any) -> httpx.Response:
    body = {"messages": PONG, "max_tokens": 64, **fields}
    if path == "/v1/responses":
        body = {"input": "Reply PONG", **fields}
    with guarded.client(key) as client:
        return client.post(path, json=body)


GRANTED = [
    ("sk-one-model", {"model": "openai/gpt-4o-mini"}, "openai"),
    ("sk-one-model", {"model": "fast"}, "openai"),
    ("sk-one-model", {"model": "openai/gpt-4o-mini", "provider": "openai"}, "openai"),
    ("sk-one-model", {"model": "gpt-4o-mini"}, "openai"),
    ("sk-one-model", {"model": "gpt-4o-mini", "provider": "openai"}, "openai"),
    ("sk-cloud-model", {"model": "gpt-oss:120b-cloud"}, "ollama_cloud"),
    ("sk-cloud-model", {"model": "gpt-oss:120b:cloud"}, "ollama_cloud"),
    ("sk-cloud-model", {"model": "cloud/gpt-oss:120b"}, "ollama_cloud"),
    ("sk-local-model", {"model": "qwen3.5:latest"}, "ollama"),
    ("sk-local-model", {"model": "local"}, "ollama"),
    ("sk-bare-name", {"model": "gpt-4o-mini"}, "openai"),
    ("sk-cloud-tag", {"model": "gpt-oss:120b-cloud"}, "ollama_cloud"),
    ("sk-alias", {"model": "fast"}, "openai"),
    ("sk-local-names", {"model": "gpt-oss:120b"}, "ollama"),
    ("sk-glob", {"model": "openai/gpt-5-mini"}, "openai"),
    ("sk-glob", {"model": "gpt-5-mini", "provider": "openai"}, "openai"),
    ("sk-glob", {"provider": "openai"}, "openai"),
    ("sk-everything", {"model": "kimi/kimi-for-coding"}, "kimi"),
    ("sk-everything", {"model": "local", "fallbacks": ["fast"]}, "ollama"),
    ("sk-team", {"model": "openai/gpt-4o-mini"}, "openai"),
    ("sk-team-and-key", {"model": "fast"}, "openai"),
]

WITHHELD = [
    # prefixes, suffixes, aliases and globs of names
    ("sk-one-model", {"model": "openai/gpt-5-mini"}),
    ("sk-one-model", {"model": "kimi/kimi-for-coding"}),
    ("sk-one-model", {"model": "thinker"}),
    ("sk-one-model", {"model": "gpt-oss:120b:cloud"}),
    ("sk-one-model", {"model": "cloud/gpt-oss:120b"}),
    ("sk-one-model", {"model": "local"}),
    ("sk-cloud-model", {"model": "gpt-oss:120b"}),
    ("sk-cloud-model", {"model": "gpt-oss:120b-cloud", "provider": "ollama"}),
    ("sk-local-model", {"model": "qwen3.5:latest-cloud"}),
    ("sk-alias", {"model": "thinker"}),
    ("sk-alias", {"model": "openai/gpt-4o-mini"}),
    ("sk-loose-glob", {"model": "gpt-4o-mini"}),
    ("sk-loose-glob", {"model": "gpt-oss:120b-cloud"}),
    # a provider field turns a permitted name into another model
    ("sk-one-model", {"model": "openai/gpt-4o-mini", "provider": "openrouter"}),
    ("sk-one-model", {"model": "gpt-4o-mini", "provider": "openrouter"}),
    ("sk-bare-name", {"model": "gpt-4o-mini", "provider": "openrouter"}),
    ("sk-local-names", {"model": "gpt-oss:120b", "provider": "ollama_cloud"}),
    ("sk-local-names", {"model": "claude-haiku-4-5", "provider": "claude"}),
    ("sk-alias", {"model": "fast", "provider": "ollama"}),
    ("sk-one-model", {"provider": "kimi"}),
    ("sk-glob", {"provider": "claude"}),
    # a client's own fallbacks
    ("sk-one-model", {"model": "openai/gpt-4o-mini", "fallbacks": ["local"]}),
    ("sk-one-model", {"model": "openai/gpt-4o-mini", "fallbacks": ["cloud/gpt-oss:120b"]}),
    # several models in one name
    ("sk-one-model", {"model": "openai/gpt-4o-mini,claude/claude-haiku-4-5"}),
    # another model inside the request for a permitted one
    ("sk-one-model", {"model": "openai/gpt-4o-mini", "extra_body": {"model": "gpt-5-mini"}}),
    ("sk-kimi-model", {"model": "moonshot/kimi-k2.6", "extra_body": {"model": "kimi-k3"}}),
    ("sk-cloud-model", {"model": "ollama_cloud/gpt-oss:120b", "extra_body": {"model": "deepseek-v3.1:671b"}}),
    ("sk-router-model", {"model": "openrouter/openai/gpt-oss-120b:free", "extra_body": {"model": "openai/gpt-5"}}),
    ("sk-router-model", {"model": "openrouter/openai/gpt-oss-120b:free", "extra_body": {"models": ["openai/gpt-5"]}}),
    ("sk-router-model", {"model": "openrouter/openai/gpt-oss-120b:free", "models": ["openai/gpt-5"]}),
    ("sk-one-model", {"model": "openai/gpt-4o-mini", "deployment_id": "gpt-5-mini"}),
    ("sk-one-model", {"model": "openai/gpt-4o-mini", "router_settings_override": {"fallbacks": ["local"]}}),
    # teams
    ("sk-team", {"model": "openai/gpt-5-mini"}),
    ("sk-team", {"model": "local"}),
    ("sk-team", {"model": "openai/gpt-4o-mini", "provider": "openrouter"}),
    ("sk-team-and-key", {"model": "openai/gpt-5-mini"}),
    ("sk-key-beyond-team", {"model": "fast"}),
    ("sk-nobody", {"model": "fast"}),
]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/chat", "/v1/messages", "/v1/responses"])
@pytest.mark.parametrize(("key", "fields", "provider"), GRANTED)
def test_what_was_granted_is_served(
    guarded: Proxy, simulator: Simulator, path: str, key: str, fields: dict[str, Any], provider: str
):
    response = _ask(guarded, key, path, **fields)

    assert response.status_code == 200, response.text
    assert {request.provider for request in simulator.attempts} == {provider}


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/chat", "/v1/messages", "/v1/responses"])
@pytest.mark.parametrize(("key", "fields"), WITHHELD)
def test_what_was_not_granted_is_refused_and_asked_of_nobody(
    guarded: Proxy, simulator: Simulator, path: str, key: str, fields: dict[str, Any]
):
    response = _ask(guarded, key, path, **fields)

    assert response.status_code in {400, 401, 403}, response.text
    assert simulator.attempts == []


def test_a_registrys_fallback_that_was_not_granted_is_skipped(guarded: Proxy, simulator: Simulator):
    simulator.script("openai", "quota")

    response = _ask(guarded, "sk-one-model", model="fast")

    assert response.status_code == 429
    assert {request.provider for request in simulator.attempts} == {"openai"}


@pytest.mark.parametrize("fallback", ["kimi/kimi-for-coding", "thinker", "house-thinker"])
@pytest.mark.parametrize("model", ["house-model", "openai/gpt-4o-mini"])
def test_a_provider_for_explicit_requests_is_nobodys_fallback(
    guarded: Proxy, simulator: Simulator, model: str, fallback: str
):
    response = _ask(guarded, "sk-everything", model=model, fallbacks=[fallback])

    assert response.status_code == 400, response.text
    assert "only serves explicit requests" in response.json()["error"]["message"]
    assert simulator.attempts == []


@pytest.mark.parametrize("model", ["house-model", "openai/gpt-4o-mini"])
@pytest.mark.parametrize("fallback", ["local", "house-local"])
def test_a_fallback_may_be_ours_or_the_admin_uis(guarded: Proxy, simulator: Simulator, model: str, fallback: str):
    simulator.script("openai", "quota")

    response = _ask(guarded, "sk-everything", model=model, fallbacks=[fallback])

    assert response.status_code == 200, response.text
    assert [request.provider for request in simulator.attempts] == ["openai", "ollama"]


PASS_THROUGH = [
    ("/anthropic/v1/messages", {"model": "claude-haiku-4-5", "max_tokens": 64, "messages": PONG}),
    ("/openai/v1/chat/completions", {"model": "gpt-5-mini", "messages": PONG}),
    ("/openrouter/v1/chat/completions", {"model": "openai/gpt-oss-120b:free", "messages": PONG}),
    ("/gemini/v1beta/models/gemini-2.5-flash:generateContent", {"contents": [{"parts": [{"text": "PONG"}]}]}),
    ("/v1beta/models/gemini-2.5-flash:generateContent", {"contents": [{"parts": [{"text": "PONG"}]}]}),
]


@pytest.mark.parametrize(("path", "body"), PASS_THROUGH)
def test_litellms_pass_through_routes_open_no_other_model(
    guarded: Proxy, simulator: Simulator, path: str, body: dict[str, Any]
):
    with guarded.client("sk-one-model") as client:
        response = client.post(path, json=body)

    assert response.status_code in {400, 401, 403, 404}, response.text
    assert simulator.attempts == []


def test_an_alias_added_in_the_admin_ui_opens_what_it_stands_for(guarded: Proxy, simulator: Simulator):
    assert _ask(guarded, "sk-one-model", model="house-alias").status_code == 200
    assert [request.provider for request in simulator.attempts] == ["openai"]
    assert _ask(guarded, "sk-local-pattern", model="house-alias").status_code == 403


def test_a_restricted_key_may_list_providers_and_models(guarded: Proxy):
    with guarded.client("sk-one-model") as client:
        assert "openai" in client.get("/v1/chat/providers").json()["providers"]
        assert client.get("/v1/models").status_code == 200


def test_a_key_for_a_pattern_is_listed_the_declared_models_under_it_and_their_aliases(guarded: Proxy):
    with guarded.client("sk-glob") as client:
        listed = [model["id"] for model in client.get("/v1/models").json()["data"]]

    assert listed == ["openai/gpt-4o-mini", "fast", "nested"]
    assert [_ask(guarded, "sk-glob", model=name).status_code for name in listed] == [200, 200, 200]


@pytest.mark.parametrize("name", ["house-model", "gpt-5-of-the-house"])
def test_a_model_added_in_the_admin_ui_answers_under_its_name(guarded: Proxy, simulator: Simulator, name: str):
    response = _ask(guarded, "sk-everything", model=name)

    assert response.status_code == 200, response.text
    assert [(request.provider, request.fields["model"]) for request in simulator.attempts] == [
        ("openai", "gpt-4o-mini")
    ]
    for key in ("sk-one-model", "sk-local-pattern", "sk-glob"):
        assert _ask(guarded, key, model=name).status_code == 403


@pytest.mark.parametrize("key", ["sk-nobody-has-made-it", "not even a key", "sk-" + "x" * 500])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"model": "fast", "messages": PONG}),
        ("/v1/messages", {"model": "fast", "messages": PONG, "max_tokens": 64}),
        ("/v1/responses", {"model": "fast", "input": "Reply PONG"}),
        ("/v1/embeddings", {"model": "text-embedding-3-small", "input": "PONG"}),
        ("/key/generate", {}),
    ],
)
def test_an_unknown_key_is_refused_as_one_where_there_is_no_database(
    proxy: Proxy, simulator: Simulator, path: str, body: dict[str, Any], key: str
):
    with proxy.client(key) as client:
        response = client.post(path, json=body)

    assert response.status_code == 401, response.text
    assert "not the master key" in response.json()["error"]["message"]
    assert key not in response.text
    assert simulator.attempts == []
