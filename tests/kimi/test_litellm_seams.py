"""The handler together with other parts of LiteLLM: prices, efforts, health checks, fallbacks."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.kimi.account.catalogue import find
from custom_providers.kimi.account.systems import PLATFORM
from pointsman.simulator.providers.kimi.recordings import CACHED_USAGE
from tests.kimi.conftest import HELLO, Gateway

pytestmark = pytest.mark.proxy


@pytest.mark.parametrize("stream", [False, True])
def test_a_platform_call_costs_what_the_catalogue_says(gateway: Gateway, stream: bool):
    """Cached input has a separate price; all tokens come from Kimi's usage."""
    answer: Any = "usage_in_choice" if stream else "spent"
    gateway.upstreams.script("moonshot", answer)
    cost = gateway.logged(gateway.chat("declared/kimi-k3", stream=stream))["cost"]
    price = find("kimi-k3", PLATFORM)
    assert price is not None
    # In both recordings, the whole prompt came from the cache.
    prompt, completion = (21, 60) if stream else (87, 32)
    assert CACHED_USAGE["cached_tokens"] == 21
    assert cost == pytest.approx((prompt * price.price.cached + completion * price.price.output) / 1e6)


@pytest.mark.parametrize("effort", ["low", "high", "max"])
def test_an_anthropic_clients_effort_arrives_as_it_was_asked(gateway: Gateway, effort: str):
    """LiteLLM's adapter lowers "max" for models with unknown levels; the catalogue declares the levels."""
    asked = {"thinking": {"type": "adaptive"}, "output_config": {"effort": effort}}
    answer = gateway.post("/v1/messages", model="declared/kimi-k3", messages=HELLO, max_tokens=2000, **asked)
    assert answer.status_code == 200, answer.text
    assert gateway.wire()["reasoning_effort"] == effort


def test_a_health_check_passes_with_its_tiny_budget(gateway: Gateway):
    """LiteLLM requests only a few tokens, which reasoning would use up."""
    with gateway.proxy.client() as client:
        health = client.get("/health", params={"model": "declared/kimi-k3"}).json()
    assert (health["healthy_count"], health["unhealthy_count"]) == (1, 0), health


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("answer", ["quota", "overloaded", "banned"])
def test_a_call_that_fails_for_good_goes_to_its_fallback_once(gateway: Gateway, answer: str, stream: bool):
    """Exhausted quota and bans are not retried before the fallback; each provider gets one attempt."""
    gateway.upstreams.script("kimi", answer)
    response = gateway.chat("once/k3", stream=stream, fallbacks=["moonshot/kimi-k3"])
    assert response.status_code == 200, response.text
    assert [request.provider for request in gateway.received()] == ["kimi", "moonshot"]
