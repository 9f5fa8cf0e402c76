"""Alerts of the real proxy, as Slack and Discord receive them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from custom_providers.registry.model import Alerts, Registry
from pointsman.config.render import render
from pointsman.simulator import Simulator
from pointsman.simulator.providers import gemini
from pointsman.simulator.providers.claude import refused
from tests.observability.alerts.receiver import Receiver
from tests.running import Proxy, litellm

pytestmark = pytest.mark.proxy

SLACK, DISCORD = "/services/T0/B0/slack-secret", "/api/webhooks/1/discord-secret"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """The webhooks of both chat services."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def proxy(
    receiver: Receiver, upstreams: Simulator, example_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """A proxy that sends alerts to Slack and Discord."""
    folder = tmp_path_factory.mktemp("alerts")
    alerts = Alerts(slack_webhook_env="TEAM_SLACK", discord_webhook_env="TEAM_DISCORD")
    (folder / "litellm_config.yaml").write_text(render(replace(example_registry, alerts=alerts), "registry.toml"))
    webhooks = {"TEAM_SLACK": receiver.url + SLACK, "TEAM_DISCORD": receiver.url + DISCORD}
    env = {**upstreams.environ(), **webhooks}
    with litellm(folder / "litellm_config.yaml", env, folder / "proxy.log") as running:
        yield running


@pytest.fixture
def client(proxy: Proxy, simulator: Simulator) -> Iterator[httpx.Client]:
    """An HTTP client with the master key, and upstreams with no scripted answers."""
    with proxy.client() as http:
        yield http


def _fail(client: httpx.Client, simulator: Simulator, provider: str, model: str, answer: str, times: int) -> None:
    """Makes ``times`` calls of ``model``, each of which fails with ``answer``."""
    for _ in range(times):
        simulator.reset()
        simulator.script(provider, *[answer] * 8)
        body = {"model": model, "messages": [{"role": "user", "content": "the hidden pebble"}]}
        assert client.post("/v1/chat/completions", json={**body, "disable_fallbacks": True}).status_code >= 400
    simulator.reset()


def _until_an_incident_has_arrived(client: httpx.Client, simulator: Simulator, receiver: Receiver, model: str) -> None:
    """Causes the first rejection of a provider's key and waits for its alert; earlier alerts have arrived by then."""
    provider = model.partition("/")[0]
    assert receiver.texts(SLACK, f"{provider}: key rejected") == []
    _fail(client, simulator, provider, model, "bad_key", times=1)
    receiver.wait_for(SLACK, f"{provider}: key rejected")


@pytest.mark.parametrize(
    ("provider", "model", "answer", "headline", "advice"),
    [
        ("kimi", "kimi/kimi-for-coding", "quota", "kimi: quota or balance used up", "$KIMI_API_KEY"),
        ("openai", "openai/gpt-4o-mini", "quota", "openai: quota or balance used up", "$OPENAI_API_KEY"),
        ("moonshot", "moonshot/kimi-k2.6", "bad_key", "moonshot: key rejected", "pointsman check --live"),
        ("claude", "claude/claude-haiku-4-5", "bad_key", "claude: key rejected", "$ANTHROPIC_API_KEY"),
    ],
)
def test_one_alert_for_an_incident_and_not_one_for_a_request(
    client: httpx.Client,
    simulator: Simulator,
    receiver: Receiver,
    provider: str,
    model: str,
    answer: str,
    headline: str,
    advice: str,
):
    _fail(client, simulator, provider, model, answer, times=4)
    for path in (SLACK, f"{DISCORD}/slack"):
        assert advice in receiver.wait_for(path, headline)
        assert len(receiver.texts(path, headline)) == 1


def test_a_provider_that_keeps_failing(client: httpx.Client, simulator: Simulator, receiver: Receiver):
    _fail(client, simulator, "opencode", "opencode/glm-5.3", "region", times=7)
    for path in (SLACK, f"{DISCORD}/slack"):
        assert "HTTP 403" in receiver.wait_for(path, "opencode: keeps failing")
        assert len(receiver.texts(path, "opencode: keeps failing")) == 1


def test_a_success_begins_the_count_of_failures_anew(client: httpx.Client, simulator: Simulator, receiver: Receiver):
    model = "openrouter/openai/gpt-oss-120b:free"
    _fail(client, simulator, "openrouter", model, "moderation", times=4)
    body = {"model": model, "messages": [{"role": "user", "content": "hi"}]}
    assert client.post("/v1/chat/completions", json=body).status_code == 200
    _fail(client, simulator, "openrouter", model, "moderation", times=4)
    _fail(client, simulator, "gemini", "gemini/gemini-2.5-flash", "bad_key", times=1)
    receiver.wait_for(SLACK, "gemini: key rejected")
    assert receiver.texts(SLACK, "openrouter: keeps failing") == []
    _fail(client, simulator, "openrouter", model, "moderation", times=1)
    receiver.wait_for(SLACK, "openrouter: keeps failing")


def test_words_that_a_client_has_had_quoted_are_no_spent_quota(
    client: httpx.Client, simulator: Simulator, receiver: Receiver
):
    body = {"model": "claude/claude-haiku-4-5", "messages": [{"role": "user", "content": "hi"}]}
    simulator.script("claude", refused("insufficient_quota: Extra inputs are not permitted"))
    assert client.post("/v1/chat/completions", json={**body, "insufficient_quota": 1}).status_code == 400
    _fail(client, simulator, "ollama_cloud", "ollama_cloud/gpt-oss:120b", "bad_key", times=1)
    receiver.wait_for(SLACK, "ollama_cloud: key rejected")
    assert receiver.texts(SLACK, "claude: quota") == []
    _fail(client, simulator, "claude", "claude/claude-haiku-4-5", "quota", times=1)
    receiver.wait_for(SLACK, "claude: quota or balance used up")


def test_only_timeouts_that_the_client_did_not_choose_make_a_failing_provider(
    client: httpx.Client, simulator: Simulator, receiver: Receiver
):
    models = {
        "gemini": "gemini/gemini-2.5-flash",
        "claude": "claude/claude-haiku-4-5",
        "moonshot": "moonshot/kimi-k2.6",
    }
    body = {"messages": [{"role": "user", "content": "hi"}], "disable_fallbacks": True, "num_retries": 0}
    for provider, model in models.items():
        for _ in range(6):
            simulator.script(provider, "hang")
            # For a stream LiteLLM itself uses another field; the Kimi handler uses this one.
            hurried = {**body, "model": model, "timeout": 0.2, "stream": provider == "moonshot"}
            assert client.post("/v1/chat/completions", json=hurried).status_code in {408, 504}
    simulator.reset()
    for _ in range(5):
        simulator.script("gemini", gemini.error(408, "DEADLINE_EXCEEDED", "too late"))
        patient = {**body, "model": models["gemini"], "timeout": 50}
        assert client.post("/v1/chat/completions", json=patient).status_code == 408
    receiver.wait_for(SLACK, "gemini: keeps failing (HTTP 408")
    assert receiver.texts(SLACK, "claude: keeps failing") == []
    assert receiver.texts(SLACK, "moonshot: keeps failing") == []


def test_litellms_own_alerts_come_to_the_same_webhooks(client: httpx.Client, receiver: Receiver):
    asked = client.get("/health/services", params={"service": "slack_budget_alerts"})
    assert asked.status_code == 200, asked.text
    for path in (SLACK, f"{DISCORD}/slack"):
        assert "budget_alerts" in receiver.wait_for(path, "This is a test slack alert message")


def test_what_is_the_clients_own_fault_is_no_incident(
    client: httpx.Client, proxy: Proxy, simulator: Simulator, receiver: Receiver
):
    with proxy.client("sk-wrong") as stranger:
        for _ in range(6):
            stranger.post("/v1/chat/completions", json={"model": "fast", "messages": []})
    for _ in range(6):
        assert client.post("/v1/chat/completions", json={"model": "keyless/x", "messages": []}).status_code == 404
    _until_an_incident_has_arrived(client, simulator, receiver, "opencode_go/glm-5.3")
    about = {item.text.partition(":")[0] for item in receiver.delivered}
    assert about & {"keyless", "fast", "openai/gpt-4o-mini"} == set()


def test_no_words_of_a_request_and_no_webhook_are_told(
    client: httpx.Client, proxy: Proxy, simulator: Simulator, receiver: Receiver
):
    _until_an_incident_has_arrived(client, simulator, receiver, "kimi/kimi-for-coding")
    told = " ".join(item.text for item in receiver.delivered)
    assert "pebble" not in told
    assert "sk-" not in told
    assert "slack-secret" not in proxy.log()
    assert "discord-secret" not in proxy.log()
