"""OpenCode Go, the subscription."""

from __future__ import annotations

from custom_providers.providers.opencode import KEY_SHAPES
from custom_providers.providers.profile import Profile

# Which API serves which model: Go's model list, November 2026.
PROFILE = Profile(
    name="opencode_go",
    wire_family="openai",
    litellm="openai",
    prefixes=("opencode_go/",),
    key_shapes=KEY_SHAPES,
    families=(
        ("claude-haiku-5-5", "anthropic"),
        ("minimax-m3", "anthropic"),
        ("qwen3.7-plus", "anthropic"),
        ("qwen3.8-flash", "anthropic"),
        ("qwen3.8-max", "anthropic"),
        ("gemini-4-argon", "gemini"),
        ("gpt-5.6-luna", "openai/responses"),
        ("gpt-6-luna", "openai/responses"),
        ("grok-4.7", "openai/responses"),
        ("muse-spark-*", "openai/responses"),
    ),
    session_header="x-opencode-session",
    own_user_agent=True,
    source="https://opencode.ai/docs/go",
)
