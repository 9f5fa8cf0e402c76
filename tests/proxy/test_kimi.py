"""Kimi with the generated config: identity, adjustments reported in headers, failures in one sentence."""

from __future__ import annotations

from typing import Any

import httpx

from pointsman.simulator import Simulator

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]


def _chat(client: httpx.Client, model: str = "kimi-for-coding", **fields: Any) -> httpx.Response:
    return client.post("/v1/chat/completions", json={"model": model, "messages": PONG, **fields})


def test_the_registrys_identity_goes_out(client: httpx.Client, simulator: Simulator):
    assert _chat(client).status_code == 200

    (request,) = simulator.attempts
    assert request.headers["User-Agent"] == "claude-code/1.0.0"
    assert request.path == "/coding/v1/chat/completions"


def test_a_raised_budget_and_dropped_parameters_are_told_in_headers(client: httpx.Client, simulator: Simulator):
    response = _chat(client, max_tokens=10, temperature=0.2)

    assert simulator.attempts[-1].fields["max_tokens"] == 1500
    assert "temperature" not in simulator.attempts[-1].fields
    assert response.headers["x-pointsman-max-tokens"] == "raised 10 -> 1500"
    assert response.headers["x-pointsman-adjusted"] == "temperature"


def test_a_tool_over_kimis_limits_is_made_to_fit_and_the_header_says_so(client: httpx.Client, simulator: Simulator):
    """Kimi and the simulator refuse every request with a larger schema."""
    told = {"type": "string", "description": "as the people of the house write it, " * 30}
    repeated = {"type": "object", "properties": {"street": told, "town": told}}
    parameters = {"type": "object", "properties": {f"address_{number}": repeated for number in range(30)}}
    tool = {"type": "function", "function": {"name": "move", "parameters": parameters}}

    response = _chat(client, tools=[tool])

    assert response.status_code == 200
    assert response.headers["x-pointsman-adjusted"] == "tools.parameters"
    sent = simulator.attempts[-1].fields["tools"][0]["function"]["parameters"]
    assert sent["$defs"]
    assert set(sent["properties"]) == set(parameters["properties"])


def test_exhausted_quota_is_asked_once_and_told_in_one_sentence(client: httpx.Client, simulator: Simulator):
    simulator.script("kimi", "quota", "quota")

    response = _chat(client)

    assert response.status_code == 403
    assert "usage limit" in response.json()["error"]["message"]
    assert len(simulator.attempts) == 1


def test_overload_is_retried_and_not_multiplied(client: httpx.Client, simulator: Simulator):
    simulator.script("kimi", *["overloaded"] * 9)

    response = _chat(client)

    assert response.status_code == 429
    assert len(simulator.attempts) == 4


def test_kimi_is_never_a_fallback(client: httpx.Client, simulator: Simulator):
    simulator.script("openai", "quota")

    _chat(client, "fast")

    assert "kimi" not in {request.provider for request in simulator.attempts}
