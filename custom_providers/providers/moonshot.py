"""The Moonshot platform, Kimi's prepaid API."""

from __future__ import annotations

from custom_providers.providers.profile import Profile

PROFILE = Profile(
    name="moonshot",
    wire_family="kimi",
    litellm="kimi",
    prefixes=("moonshot/",),
    bare=("kimi-*", "moonshot-*"),
    timeout=600,
    max_tokens_floor=1500,
    key_shapes=(r"^sk-(?!kimi-|or-|ant-|proj-)\S{20,}$",),
    source="https://platform.kimi.ai/docs",
)
