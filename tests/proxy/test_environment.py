"""Typical environment variables with plain ``litellm --config`` work, or the error says why not."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from custom_providers.registry import loading
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.conftest import REGISTRY
from tests.proxy.detour import Detour
from tests.running import MASTER_KEY, Proxy, litellm

_NUMBERS = itertools.count()

ASK = [{"role": "user", "content": "Reply PONG"}]
PASSWORD = "s3cret-canary-pw"

LOOPS = """
[[provider]]
name = "looped"
kind = "openai"
base_url = "{url}/v1"
auth = "bearer"
auth_env = "LITELLM_MASTER_KEY"
default_model = "m"

[[provider]]
name = "looped_claude"
kind = "anthropic"
base_url = "{url}/v1"
auth = "x_api_key"
auth_env = "LITELLM_MASTER_KEY"
default_model = "m"

[[provider]]
name = "looped_kimi"
kind = "kimi"
base_url = "{url}/v1"
auth = "bearer"
auth_env = "LITELLM_MASTER_KEY"
default_model = "m"
"""

FORMS = [
    # the provider, the characters around its key, the value of its base URL, a model
    ("openai", "{}\r\n", "{}/chat/completions\r\n", "gpt-4o-mini"),
    ("openrouter", '"{}"', "{}/", "openai/gpt-oss-120b:free"),
    ("ollama_cloud", "export OLLAMA_CLOUD_KEY={}", "OLLAMA_CLOUD_BASE_URL={}/api/chat", "gpt-oss:120b"),
    ("opencode", "Bearer {}", " {}//", "glm-5.2"),
    ("kimi", "\ufeff{}\n", "'{}/chat/completions'", "kimi-for-coding"),
    ("moonshot", "\t{}\t", "{}\u200b", "kimi-k2.6"),
    ("gemini", "{}\n", "{}/openai/", "gemini-2.5-flash"),
    ("claude", "{}\u2028", "{}/messages", "claude-haiku-4-5"),
    ("ollama", "", "{}/v1", "qwen3.5:latest"),
]


def _environment(upstreams: Simulator) -> dict[str, str]:
    env = upstreams.environ()
    for name, key, url, _ in FORMS:
        for variable, value in upstreams.environ_of(name).items():
            env[variable] = (url if variable.endswith("_BASE_URL") else key).format(value)
    return {
        **env,
        "OPENCODE_GO_BASE_URL": f"http://me:{PASSWORD}@127.0.0.1:9/zen/go/v1",
        "KEYLESS_API_KEY": "canary two words",
    }


@pytest.fixture(scope="module")
def proxy(upstreams: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A proxy with hand-written environment variables, which can also be reached through a detour."""
    folder = tmp_path_factory.mktemp("environment")
    with Detour() as detour:
        text = REGISTRY.read_text().replace("[aliases]", f"{LOOPS.format(url=detour.url)}\n[aliases]")
        config = folder / "litellm_config.yaml"
        config.write_text(render(loading.parse(text.encode(), "registry.toml"), "registry.toml"))
        env = {**_environment(upstreams), "POINTSMAN_STATE_DIR": str(folder / "state")}
        with litellm(config, env, folder / "proxy.log") as running:
            detour.port = int(running.url.rpartition(":")[2])
            yield running


def _chat(client: httpx.Client, model: str, **more: Any) -> httpx.Response:
    return client.post("/v1/chat/completions", json={"model": model, "messages": ASK, **more})


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("name", "model"), [(name, model) for name, _, _, model in FORMS])
def test_a_key_and_a_base_url_as_people_have_them_serve(client: httpx.Client, name: str, model: str, stream: bool):
    response = _chat(client, f"{name}/{model}", stream=stream)

    assert (response.status_code, "PONG" in response.text) == (200, True), response.text


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("opencode_go/glm-5.2", "$OPENCODE_GO_BASE_URL contains a user name or password"),
        ("keyless/some-model", "the key from $KEYLESS_API_KEY contains white space"),
    ],
)
def test_one_that_cannot_be_used_is_not_registered_and_says_why(
    client: httpx.Client, simulator: Simulator, model: str, why: str
):
    response = _chat(client, model)

    assert response.status_code == 404
    assert why in response.json()["error"]["message"]
    assert simulator.attempts == []


def test_a_password_in_a_url_is_shown_nowhere(client: httpx.Client, proxy: Proxy):
    shown = [client.get(path).text for path in ("/model/info", "/v1/models", "/health", "/v1/chat/providers")]

    assert PASSWORD not in "".join(shown) + proxy.log()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"messages": ASK}),
        ("/v1/chat/completions", {"messages": ASK, "stream": True}),
        ("/v1/messages", {"messages": ASK, "max_tokens": 9}),
        ("/v1/responses", {"input": "Reply PONG"}),
    ],
)
@pytest.mark.parametrize("name", ["looped", "looped_claude", "looped_kimi"])
def test_a_request_that_comes_back_is_refused_once(
    client: httpx.Client, proxy: Proxy, name: str, path: str, body: dict[str, Any]
):
    # The second pass gets the upstream's model name, which must resolve to the same provider.
    model = f"m{next(_NUMBERS)}"
    response = client.post(path, json={**body, "model": f"{name}/{name}/{model}"})

    assert "passed through this proxy before" in response.text
    assert response.status_code == 400
    assert _calls(proxy, model) <= 2


def test_a_proxy_of_the_same_kind_before_this_one_is_none_of_its_business(client: httpx.Client):
    response = client.post(
        "/v1/chat/completions",
        json={"model": "ollama/qwen3.5:latest", "messages": ASK},
        headers={"x-pointsman-hops": "another, and-another"},
    )

    assert response.status_code == 200


def _calls(proxy: Proxy, model: str) -> int:
    """The number of rows written so far for ``model``."""
    database = proxy.log_path.parent / "state" / "audit.sqlite3"
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        found = connection.execute("select count(*) from tool_calls where model like ?", [f"%/{model}"])
        return int(found.fetchone()[0])


def test_a_master_key_that_no_client_could_send_stops_the_start_with_the_cause(tmp_path: Path):
    config = tmp_path / "litellm_config.yaml"
    config.write_text(render(loading.load(REGISTRY), "registry.toml"))

    with (
        pytest.raises(RuntimeError, match="LITELLM_MASTER_KEY has a line break, blanks or quotes around it"),
        litellm(config, {"LITELLM_MASTER_KEY": f"{MASTER_KEY}\r\n"}, tmp_path / "proxy.log"),
    ):
        pass
