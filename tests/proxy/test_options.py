"""Pattern aliases, defaults and fallbacks of aliases and models, and no default provider, in the running proxy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from custom_providers.registry import loading
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.running import Proxy, litellm

ASK = [{"role": "user", "content": "Reply PONG"}]

REGISTRY = """
[[provider]]
name = "ollama"
base_url = "http://localhost:11434"
auth = "none"
default_model = "qwen3.5:latest"
models = [{ id = "qwen3.5:latest", defaults = { num_ctx = 32768, temperature = 0.5 } }]

[[provider]]
name = "openai"
base_url = "https://api.openai.com/v1"
auth = "bearer"
auth_env = "OPENAI_API_KEY"
default_model = "gpt-4o-mini"

[[provider]]
name = "vllm"
kind = "openai"
base_url = "http://127.0.0.1:9/v1"
auth = "bearer"
auth_env = "OPENAI_API_KEY"
default_model = "elsewhere"
models = [{ id = "gpt-4o-mini", base_url = "{elsewhere}/", input_price = 3 }]

[[provider]]
name = "relay"
kind = "anthropic"
base_url = "https://relay.example"
auth = "bearer"
auth_env = "ANTHROPIC_API_KEY"
default_model = "claude-haiku-4-5"

[aliases]
"claude-haiku-*" = { model = "openai/gpt-4o-mini", defaults = { temperature = 0.25, max_tokens = 77 } }
steady = { model = "openai/gpt-4o-mini", fallbacks = ["ollama/qwen3.5:latest"] }

[gateway]
default_provider = false
"""


@pytest.fixture(scope="module")
def proxy(upstreams: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A proxy whose aliases and models have defaults."""
    folder = tmp_path_factory.mktemp("options")
    config = folder / "litellm_config.yaml"
    text = REGISTRY.replace("{elsewhere}", upstreams.environ()["OPENAI_BASE_URL"])
    config.write_text(render(loading.parse(text.encode(), "registry.toml"), "registry.toml"))
    env = {**upstreams.environ(), "RELAY_BASE_URL": upstreams.environ()["CLAUDE_BASE_URL"]}
    with litellm(config, env, folder / "proxy.log") as running:
        yield running


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"messages": ASK}),
        ("/v1/chat/completions", {"messages": ASK, "stream": True}),
        ("/v1/messages", {"messages": ASK, "max_tokens": 77}),
        ("/v1/responses", {"input": "Reply PONG"}),
    ],
)
def test_an_alias_with_a_star_sends_its_defaults_on_every_protocol(
    client: httpx.Client, simulator: Simulator, path: str, body: dict[str, Any]
):
    response = client.post(path, json={**body, "model": "claude-haiku-4-5-20251001"})

    assert response.status_code == 200, response.text
    sent = simulator.attempts[-1].fields
    assert (sent["model"], sent["temperature"]) == ("gpt-4o-mini", 0.25)
    assert 77 in {sent.get("max_tokens"), sent.get("max_completion_tokens"), sent.get("max_output_tokens")}


def test_what_the_request_says_comes_before_a_default(client: httpx.Client, simulator: Simulator):
    client.post("/v1/chat/completions", json={"model": "claude-haiku-x", "messages": ASK, "temperature": 0.75})

    assert simulator.attempts[-1].fields["temperature"] == 0.75


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_a_models_defaults_reach_its_provider_in_its_own_words(client: httpx.Client, simulator: Simulator, path: str):
    response = client.post(path, json={"model": "ollama/qwen3.5:latest", "messages": ASK, "max_tokens": 99})

    assert response.status_code == 200, response.text
    options = simulator.attempts[-1].fields["options"]
    assert (options["num_ctx"], options["temperature"]) == (32768, 0.5)


def test_an_aliases_fallbacks_are_tried(client: httpx.Client, simulator: Simulator):
    simulator.script("openai", *["server_error"] * 8)

    response = client.post("/v1/chat/completions", json={"model": "steady", "messages": ASK})

    assert response.status_code == 200, response.text
    assert simulator.attempts[-1].provider == "ollama"


def test_a_name_that_nobody_takes_is_a_404_with_a_suggestion(client: httpx.Client, simulator: Simulator):
    response = client.post("/v1/chat/completions", json={"model": "opnai/gpt-4o-mini", "messages": ASK})

    assert response.status_code == 404
    assert 'did you mean "openai/gpt-4o-mini"?' in response.json()["error"]["message"]
    assert simulator.attempts == []


def test_an_alias_with_a_star_is_not_listed(client: httpx.Client):
    listed = {model["id"] for model in client.get("/v1/models").json()["data"]}

    assert "steady" in listed
    assert not [name for name in listed if "*" in name]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_a_bearer_key_reaches_a_gateway_that_speaks_anthropics_protocol(
    client: httpx.Client, simulator: Simulator, path: str
):
    response = client.post(path, json={"model": "relay/claude-haiku-4-5", "messages": ASK, "max_tokens": 9})

    assert response.status_code == 200, response.text
    key = simulator.environ_of("claude")["ANTHROPIC_API_KEY"]
    sent = {name.lower(): value for name, value in simulator.attempts[-1].headers.items()}
    assert sent["authorization"] == f"Bearer {key}"


def test_a_model_at_a_host_of_its_own_is_asked_there(client: httpx.Client, simulator: Simulator):
    response = client.post("/v1/chat/completions", json={"model": "vllm/gpt-4o-mini", "messages": ASK})

    assert response.status_code == 200, response.text
    assert simulator.attempts[-1].fields["model"] == "gpt-4o-mini"
    listed = [model["id"] for model in client.get("/v1/models").json()["data"]]
    assert listed.count("vllm/gpt-4o-mini") == 1
