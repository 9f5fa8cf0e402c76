"""Kimi Code, the coding membership of Kimi."""

from __future__ import annotations

from custom_providers.providers.profile import Profile

PROFILE = Profile(
    name="kimi",
    wire_family="kimi",
    litellm="kimi",
    prefixes=("kimi/",),
    bare=("kimi-for-coding*",),
    # Reasoning counts against max_tokens and answers take minutes.
    timeout=600,
    max_tokens_floor=1500,
    # Kimi's terms: personal, interactive use only.
    unattended=False,
    key_shapes=(r"^sk-kimi-\S{20,}$",),
    source="https://www.kimi.com/code/docs/en/",
)
