"""The headers that Kimi receives, in each identity mode and over each protocol."""

from __future__ import annotations

import pytest

from custom_providers import OWN_USER_AGENT
from pointsman.simulator.providers.kimi import CODING_KEY, PLATFORM_KEY
from tests.kimi.conftest import AGENT, HELLO, Gateway

pytestmark = pytest.mark.proxy

OPENAI, ANTHROPIC = "/coding/v1/chat/completions", "/coding/v1/messages"
CLAUDE = "claude-cli/2.1.161 (external, cli)"


def test_a_fixed_agent_goes_over_the_openai_protocol(gateway: Gateway):
    """Kimi gets exactly the registry's name, and no header of the client's SDK."""
    assert gateway.openai.chat.completions.create(model="fixed/k3", messages=HELLO).choices
    (received,) = gateway.received()
    assert (received.path, received.headers["User-Agent"]) == (OPENAI, AGENT)
    assert received.headers["Authorization"] == f"Bearer {CODING_KEY}"
    assert "x-api-key" not in received.headers


@pytest.mark.parametrize("model", ["unaccepted/k3", "unaccepted-openai/k3"])
def test_until_the_risk_is_accepted_another_products_name_is_not_sent(gateway: Gateway, model: str):
    """The protocol chosen for that name is not used either, because Kimi refuses our own name there."""
    answer = gateway.chat(model)
    assert answer.status_code == 200, answer.text
    (received,) = gateway.received()
    assert (received.path, received.headers["User-Agent"]) == (ANTHROPIC, OWN_USER_AGENT)


def test_the_risk_can_be_accepted_in_the_environment(gateway: Gateway):
    """The variable contains the provider's name."""
    assert gateway.chat("by_variable/k3").status_code == 200
    (received,) = gateway.received()
    assert (received.path, received.headers["User-Agent"]) == (OPENAI, AGENT)


def test_an_honest_gateway_goes_over_the_anthropic_protocol(gateway: Gateway):
    """Our own name needs no approval there; on the other protocol Kimi refuses it, and the error names a remedy."""
    assert gateway.openai.chat.completions.create(model="honest/k3", messages=HELLO).choices
    (received,) = gateway.received()
    assert (received.path, received.headers["User-Agent"]) == (ANTHROPIC, OWN_USER_AGENT)
    assert (received.headers["x-api-key"], "Authorization" in received.headers) == (CODING_KEY, False)
    refused = gateway.chat("unlisted/k3")
    assert (refused.status_code, refused.headers["x-pointsman-error"]) == (403, "client_not_listed")
    assert 'protocol = "anthropic"' in refused.json()["error"]["message"]


@pytest.mark.parametrize("model", ["moonshot/kimi-k3", "moonshot-anthropic/kimi-k3"])
def test_the_platform_gets_our_own_name_over_either_protocol(gateway: Gateway, model: str):
    """The platform accepts every name; the OpenAI protocol is the default."""
    assert gateway.chat(model).status_code == 200
    (received,) = gateway.received()
    anthropic = "anthropic" in model
    assert received.path == ("/anthropic/v1/messages" if anthropic else "/v1/chat/completions")
    assert received.headers["User-Agent"] == OWN_USER_AGENT
    assert PLATFORM_KEY in (received.headers["x-api-key"] if anthropic else received.headers["Authorization"])


@pytest.mark.parametrize(
    ("caller", "path", "presented"),
    [
        (CLAUDE, OPENAI, CLAUDE),
        ("KimiCLI/1.52.0", OPENAI, "KimiCLI/1.52.0"),
        # A coding agent that Kimi may not list: its own name, over the protocol that needs no approval.
        ("codex_cli_rs/0.136.0 (Ubuntu 24.4)", ANTHROPIC, "codex_cli_rs/0.136.0 (Ubuntu 24.4)"),
        ("curl/8.5.0", ANTHROPIC, OWN_USER_AGENT),
        ("OpenAI/Python 2.14.0", ANTHROPIC, OWN_USER_AGENT),
    ],
)
@pytest.mark.parametrize("path_in", ["/v1/chat/completions", "/v1/messages"])
def test_caller_mode_forwards_coding_agents_only(
    gateway: Gateway, caller: str, path: str, presented: str, path_in: str
):
    """Kimi gets a coding agent's own name, else our name over the protocol that needs no approval."""
    with gateway.proxy.client() as client:
        answer = client.post(
            path_in,
            headers={"User-Agent": caller, "X-Stainless-Lang": "js"},
            json={"model": "caller/k3", "messages": HELLO, "max_tokens": 2000},
        )
    assert answer.status_code == 200, answer.text
    (received,) = gateway.received()
    assert (received.path, received.headers["User-Agent"]) == (path, presented)


def test_the_protocol_of_the_registry_wins(gateway: Gateway):
    """A fixed name is sent over the Anthropic protocol if the registry declares it."""
    assert gateway.chat("fixed-anthropic/k3").status_code == 200
    (received,) = gateway.received()
    assert (received.path, received.headers["User-Agent"]) == (ANTHROPIC, AGENT)


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1/responses"])
@pytest.mark.parametrize("model", ["fixed/k3", "honest/k3", "caller/k3"])
def test_nothing_contradicts_the_name(gateway: Gateway, model: str, path: str):
    """No header that identifies an SDK, LiteLLM or another Kimi product is forwarded."""
    said = {"input": "hi"} if path == "/v1/responses" else {"messages": HELLO, "max_tokens": 2000}
    sent = {"X-Stainless-Lang": "python", "X-Msh-Platform": "kimi_cli", "anthropic-beta": "x-2025", "User-Agent": "x/1"}
    with gateway.proxy.client() as client:
        answer = client.post(path, headers=sent, json={"model": model, "extra_headers": sent, **said})
    assert answer.status_code == 200, answer.text
    (received,) = gateway.received()
    names = {name.lower() for name in received.headers}
    assert not [name for name in names if name.startswith(("x-stainless", "x-msh", "x-litellm", "anthropic-beta"))]
    presented = received.headers.getall("User-Agent")  # type: ignore[attr-defined]
    assert presented == [AGENT if model == "fixed/k3" else OWN_USER_AGENT]


def test_extra_headers_of_the_registry_go_along(gateway: Gateway):
    """All extra headers are sent except those that identify a client."""
    assert gateway.chat("headers/k3").status_code == 200
    (received,) = gateway.received()
    assert (received.headers["X-Team"], received.headers["User-Agent"]) == ("a", OWN_USER_AGENT)
