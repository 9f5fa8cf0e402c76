"""Upstream failures give the real status, after three retries if they can help, and then the fallbacks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
DEFAULTS = {
    "ollama": "ollama/qwen3.5:latest",
    "ollama_cloud": "ollama_cloud/gpt-oss:120b",
    "openrouter": "openrouter/openai/gpt-oss-120b:free",
    "opencode": "opencode/glm-5.3",
    "opencode_go": "opencode_go/glm-5.3",
    "gemini": "gemini/gemini-2.5-flash",
    "claude": "claude/claude-haiku-4-5",
    "openai": "openai/gpt-5-mini",
}


def _chat(client: httpx.Client, model: str, **fields: Any) -> httpx.Response:
    body = {"model": model, "messages": PONG, "disable_fallbacks": True, **fields}
    return client.post("/v1/chat/completions", json=body)


def _tries(simulator: Simulator, provider: str) -> int:
    """The number of attempts at ``provider``, without LiteLLM's one request about an unknown Ollama model."""
    return sum(1 for r in simulator.attempts if r.provider == provider)


FINAL = [
    # Gemini answers a bad key with 400; LiteLLM turns it into 401, as for other providers.
    ("ollama_cloud", "bad_key", 401),
    ("ollama_cloud", "extra_usage", 402),
    ("ollama_cloud", "subscription", 403),
    ("ollama_cloud", "suspended", 403),
    ("ollama_cloud", "unknown_model", 404),
    ("ollama_cloud", "quota", 429),
    ("ollama_cloud", "quota_hourly", 429),
    ("ollama_cloud", "quota_session", 429),
    ("ollama_cloud", "quota_monthly", 429),
    ("openrouter", "bad_key", 401),
    ("openrouter", "credit_balance", 402),
    ("openrouter", "key_limit_402", 402),
    ("openrouter", "key_limit", 403),
    ("openrouter", "budget_limit", 403),
    ("openrouter", "moderation", 403),
    ("openrouter", "unknown_model", 404),
    ("openrouter", "quota", 429),
    ("opencode", "bad_key", 401),
    ("opencode", "credit_balance", 401),
    ("opencode", "monthly_limit", 401),
    ("opencode", "user_limit", 401),
    ("opencode", "wrong_format", 401),
    ("opencode", "region", 403),
    ("opencode", "free_tier", 403),
    ("opencode", "quota", 429),
    ("opencode", "quota_5_hour", 429),
    ("opencode", "quota_monthly", 429),
    ("opencode", "free_usage", 429),
    ("gemini", "bad_key", 401),
    ("gemini", "standard_key", 401),
    ("gemini", "payment_required", 402),
    ("gemini", "leaked_key", 403),
    ("gemini", "suspended", 403),
    ("gemini", "unknown_model", 404),
    ("gemini", "quota", 429),
    ("gemini", "not_in_tier", 429),
    ("gemini", "credit_balance", 429),
    ("claude", "bad_key", 401),
    ("claude", "credit_balance", 400),
    ("claude", "quota", 400),
    ("claude", "billing", 402),
    ("claude", "forbidden", 403),
    ("claude", "unknown_model", 404),
    ("claude", "spend_limit", 429),
    ("openai", "bad_key", 401),
    ("openai", "region", 403),
    ("openai", "model_forbidden", 403),
    ("openai", "unknown_model", 404),
    ("openai", "quota", 429),
    ("openai", "credit_balance", 429),
    ("openai", "organization_spend_limit", 429),
    ("openai", "project_spend_limit", 429),
    ("openai", "organization_usage_limit", 429),
]


@pytest.mark.parametrize(("provider", "answer", "status"), FINAL)
def test_what_cannot_pass_is_told_at_once_and_never_retried(
    client: httpx.Client, simulator: Simulator, provider: str, answer: str, status: int
):
    simulator.script(provider, *[answer] * 5)

    response = _chat(client, DEFAULTS[provider])

    assert response.status_code == status, response.text
    assert _tries(simulator, provider) == 1
    assert response.json()["error"]["message"]


TRANSIENT = [
    *((provider, "rate_limit") for provider in ("ollama_cloud", "openrouter", "claude", "openai")),
    ("ollama_cloud", "slot_timeout"),
    ("openrouter", "upstream_rate_limit"),
    ("openai", "slow_down"),
]


@pytest.mark.parametrize(("provider", "answer"), TRANSIENT)
def test_a_transient_rate_limit_is_retried_until_it_passes(
    client: httpx.Client, simulator: Simulator, provider: str, answer: str
):
    simulator.script(provider, answer, answer, answer)

    response = _chat(client, DEFAULTS[provider])

    assert response.status_code == 200, response.text
    assert _tries(simulator, provider) == 4


def test_googles_delay_is_the_retry_after(client: httpx.Client, simulator: Simulator):
    simulator.script("gemini", *["rate_limit"] * 5)

    response = _chat(client, DEFAULTS["gemini"])

    assert (response.status_code, response.headers["retry-after"]) == (429, "35")
    assert _tries(simulator, "gemini") == 1


def test_after_three_retries_a_rate_limit_is_the_answer(client: httpx.Client, simulator: Simulator):
    simulator.script("openrouter", *["rate_limit"] * 6)

    response = _chat(client, DEFAULTS["openrouter"])

    assert response.status_code == 429
    assert _tries(simulator, "openrouter") == 4


@pytest.mark.parametrize("provider", DEFAULTS)
def test_an_overloaded_upstream_is_retried(client: httpx.Client, simulator: Simulator, provider: str):
    simulator.script(provider, "overloaded")

    assert _chat(client, DEFAULTS[provider]).status_code == 200
    assert _tries(simulator, provider) == 2


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_when_a_provider_fails_for_good_its_fallbacks_answer_in_their_order(
    client: httpx.Client, simulator: Simulator, stream: bool
):
    simulator.script("openai", "quota")
    simulator.script("openrouter", "credit_balance")

    response = _chat(client, "fast", disable_fallbacks=False, stream=stream)

    assert response.status_code == 200, response.text
    assert "PONG" in response.text
    asked = [r.provider for r in simulator.attempts]
    assert asked == ["openai", "openrouter", "ollama"]


def test_a_clients_own_fallbacks_are_routed_like_its_model(client: httpx.Client, simulator: Simulator):
    simulator.script("claude", "credit_balance")

    response = _chat(client, "claude-haiku-4-5", disable_fallbacks=False, fallbacks=["gpt-oss:120b-cloud"])

    assert response.status_code == 200, response.text
    assert [r.provider for r in simulator.attempts] == ["claude", "ollama_cloud"]


REFUSED_FALLBACKS = [
    ({"fallbacks": ["kimi/kimi-for-coding"]}, 400, "only serves explicit requests"),
    ({"fallbacks": ["thinker"]}, 400, "only serves explicit requests"),
    ({"fallbacks": ["keyless/m"]}, 404, "set KEYLESS_API_KEY"),
    ({"fallbacks": "fast"}, 400, "a list of model names"),
    ({"fallbacks": [{"model": "kimi/kimi-for-coding"}]}, 400, "a list of model names"),
    ({"context_window_fallbacks": [{"fast": ["kimi/kimi-for-coding"]}]}, 400, "not taken from requests"),
    ({"content_policy_fallbacks": [{"fast": ["kimi/kimi-for-coding"]}]}, 400, "not taken from requests"),
]


@pytest.mark.parametrize(("fields", "status", "says"), REFUSED_FALLBACKS)
def test_a_fallback_that_may_not_be_one_is_refused(
    client: httpx.Client, simulator: Simulator, fields: dict[str, Any], status: int, says: str
):
    simulator.script("openai", "server_error", "server_error", "server_error", "server_error")

    response = _chat(client, "fast", disable_fallbacks=False, **fields)

    assert response.status_code == status, response.text
    assert says in response.json()["error"]["message"]
    assert simulator.attempts == []


def test_one_unknown_model_does_not_block_the_provider_for_the_next_caller(client: httpx.Client, simulator: Simulator):
    assert _chat(client, "openrouter/unknown/model").status_code == 404
    assert _chat(client, "openrouter/unknown/model").status_code == 404
    assert _chat(client, DEFAULTS["openrouter"]).status_code == 200


@pytest.mark.parametrize("provider", ["ollama", "claude", "openai"])
def test_an_html_error_page_is_a_failure_and_not_an_answer(client: httpx.Client, simulator: Simulator, provider: str):
    simulator.script(provider, *["html_504"] * 4)

    assert _chat(client, DEFAULTS[provider]).status_code >= 500


@pytest.mark.parametrize("provider", ["openai", "openrouter", "claude", "ollama"])
def test_an_error_inside_a_stream_reaches_the_client(client: httpx.Client, simulator: Simulator, provider: str):
    # LiteLLM 1.110 retries until it has sent text.
    simulator.script(provider, *["in_band_error"] * 4)

    response = _chat(client, DEFAULTS[provider], stream=True)

    assert '"error"' in response.text


@pytest.mark.parametrize("provider", ["ollama", "claude", "openai"])
def test_a_connection_that_breaks_before_the_answer_is_tried_again(
    client: httpx.Client, simulator: Simulator, provider: str
):
    simulator.script(provider, "cut_before_headers")

    assert _chat(client, DEFAULTS[provider]).status_code == 200
    assert _tries(simulator, provider) == 2
