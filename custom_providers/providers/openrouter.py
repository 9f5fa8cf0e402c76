"""OpenRouter: one key for many vendors' models."""

from __future__ import annotations

from custom_providers.providers.profile import Profile

PROFILE = Profile(
    name="openrouter",
    wire_family="openai",
    litellm="openrouter",
    prefixes=("openrouter/",),
    key_shapes=(r"^sk-or-v1-[0-9a-f]{64}$",),
    source="https://openrouter.ai/docs/api-reference/overview",
)
