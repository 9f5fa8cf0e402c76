"""Anthropic's API."""

from __future__ import annotations

from custom_providers.providers.profile import Profile

PROFILE = Profile(
    name="claude",
    wire_family="anthropic",
    litellm="anthropic",
    prefixes=("claude/",),
    bare=("claude-*",),
    key_shapes=(r"^sk-ant-api03-[\w-]{93}AA$",),
    source="https://platform.claude.com/docs/en/api/overview",
)
