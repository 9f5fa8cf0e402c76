"""Ollama Cloud: ollama.com by an API key, without a local server."""

from __future__ import annotations

from custom_providers.providers.profile import Profile

PROFILE = Profile(
    name="ollama_cloud",
    wire_family="ollama",
    litellm="ollama_chat",
    prefixes=("ollama_cloud/", "cloud/"),
    suffixes=(":cloud", "-cloud"),
    key_shapes=(r"^[0-9a-f]{32}\.[A-Za-z0-9_-]{24}$",),
    source="https://docs.ollama.com/cloud",
)
