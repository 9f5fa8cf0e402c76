"""A limit with a known, distant end is returned immediately, with Retry-After, in every protocol."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator
from pointsman.simulator.answers import json_answer
from tests.engine.answers import PATHS, request

pytestmark = pytest.mark.proxy

MODELS = {
    "openai": "patient_openai/gpt-4o-mini",
    "openrouter": "patient_openrouter/openai/gpt-oss-120b:free",
    "claude": "patient_claude/claude-haiku-4-5",
    "opencode": "opencode/glm-5.3",
    "ollama": "patient_ollama/qwen3.5:latest",
    "gemini": "patient_gemini/gemini-2.5-flash",
    "moonshot": "patient_kimi/kimi-k2.6",
}
"""Providers whose failures are retried if that can help."""


def _until(moment: float) -> dict[str, str]:
    return {
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(moment * 1000)),
        "anthropic-ratelimit-tokens-remaining": "0",
        "anthropic-ratelimit-tokens-reset": datetime.fromtimestamp(moment, UTC).isoformat(),
    }


KNOWN_RESETS = [
    ("openai", {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, "Rate limit reached"),
    ("openai", {}, "Rate limit reached. Please try again in 6m0s."),
    ("openrouter", _until, "Rate limit exceeded: free-models-per-min."),
    ("claude", _until, "This request would exceed your organization's rate limit."),
    ("opencode", {"retry-after-ms": "360000"}, "Rate limit exceeded."),
    ("ollama", {}, "too many requests, try again in 6 minutes"),
    ("gemini", {}, "Please retry in 360.5s."),
    ("moonshot", {}, "request reached max RPM: 3, please try again after 360 seconds"),
]


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(("provider", "headers", "says"), KNOWN_RESETS)
def test_a_limit_that_outlasts_every_retry_is_answered_at_once(
    client: httpx.Client, simulator: Simulator, provider: str, headers: Any, says: str, stream: bool, path: str
):
    sent = headers(time.time() + 360) if callable(headers) else headers
    limited = json_answer({"error": {"message": says, "type": "rate_limit_error"}}, status=429, headers=sent)
    simulator.script(provider, *[limited] * 5)
    protocol = next(name for name, place in PATHS.items() if place == path)

    body = request(protocol, MODELS[provider], "Reply PONG", stream=stream)
    response = client.post(path, json={**body, "disable_fallbacks": True})

    assert response.status_code == 429, response.text
    assert [asked.provider for asked in simulator.attempts] == [provider]
    assert 0 < int(response.headers["retry-after"]) <= 361
    assert response.headers["x-should-retry"] == "false"
