"""Ollama, a server on one's own machine."""

from __future__ import annotations

from custom_providers.providers.profile import Profile

PROFILE = Profile(
    name="ollama",
    wire_family="ollama",
    litellm="ollama_chat",
    prefixes=("ollama/",),
    source="https://docs.ollama.com/api",
)
