"""Ollama, a local server."""

from __future__ import annotations

from custom_providers.providers.account.account import Refusal, Status
from custom_providers.providers.profile import Profile, Setup

PROFILE = Profile(
    name="ollama",
    source="https://docs.ollama.com/api, 2026-11-21",
    wire_family="ollama",
    litellm="ollama_chat",
    prefixes=("ollama/",),
    setup=Setup(
        about="Ollama on this machine; takes every name that no rule matches",
        base_url="http://localhost:11434",
        auth="none",
        default_model="qwen3.5:latest",
    ),
    # Of the cloud models that a signed-in daemon passes on.
    refusals=(
        Refusal(
            http=429,
            says=r"reached your \w+ usage limit",
            means=Status.EXHAUSTED,
            words="the plan's usage limit is reached",
        ),
        Refusal(http=403, says="subscription", means=Status.LIMITED, words="the plan does not include the model"),
    ),
)
