"""Google's Gemini API, by a key of AI Studio."""

from __future__ import annotations

from custom_providers.providers.profile import Profile

PROFILE = Profile(
    name="gemini",
    wire_family="gemini",
    litellm="gemini",
    prefixes=("gemini/",),
    bare=("gemini-*",),
    # AI Studio issues only AQ. keys since 2026; AIza ones are being cut off.
    key_shapes=(r"^AQ\.[\w-]{40,}$", r"^AIza[\w-]{35}$"),
    source="https://ai.google.dev/gemini-api/docs/api-key",
)
