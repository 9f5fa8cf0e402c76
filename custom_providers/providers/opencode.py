"""OpenCode Zen, pay as you go."""

from __future__ import annotations

from custom_providers.providers.profile import Profile

KEY_SHAPES = (r"^sk-[A-Za-z0-9]{64}$", r"^oc_sk_[0-9a-f]{12}_[A-Za-z0-9_-]+$")
"""OpenCode Go takes the same keys."""

# Which API serves which model: Zen's model list, November 2026.
PROFILE = Profile(
    name="opencode",
    wire_family="openai",
    litellm="openai",
    prefixes=("opencode/",),
    key_shapes=KEY_SHAPES,
    families=(
        ("claude-*", "anthropic"),
        ("qwen3.5-plus", "anthropic"),
        ("qwen3.6-plus", "anthropic"),
        ("qwen3.8-flash", "anthropic"),
        ("gemini-*", "gemini"),
        ("gpt-*", "openai/responses"),
        ("grok-*", "openai/responses"),
        ("muse-*", "openai/responses"),
    ),
    session_header="x-opencode-session",
    own_user_agent=True,
    source="https://opencode.ai/docs/zen",
)
