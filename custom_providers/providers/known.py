"""All known providers, and the profiles of others.

To add a provider that speaks a known wire family, write its module and add it to ``KNOWN``.
"""

from __future__ import annotations

from dataclasses import replace

from custom_providers.providers import (
    claude,
    gemini,
    kimi,
    moonshot,
    ollama,
    ollama_cloud,
    openai,
    opencode,
    opencode_go,
    openrouter,
)
from custom_providers.providers.profile import Profile, WireFamily

KNOWN: dict[str, Profile] = {
    module.PROFILE.name: module.PROFILE
    for module in (
        ollama,
        ollama_cloud,
        openrouter,
        opencode,
        opencode_go,
        kimi,
        moonshot,
        gemini,
        claude,
        openai,
    )
}
"""By name, in the order in which they are offered."""

_EXEMPLARS: dict[WireFamily, Profile] = {
    "openai": openai.PROFILE,
    "anthropic": claude.PROFILE,
    "ollama": ollama.PROFILE,
    "gemini": gemini.PROFILE,
    "kimi": kimi.PROFILE,
}


def profile_of(name: str, wire_family: WireFamily | None) -> Profile:
    """A known provider's profile, or that of a typical provider of the wire family, without its names.

    Raises:
        KeyError: ``name`` is not a known provider and ``wire_family`` is not given.
    """
    known = KNOWN.get(name)
    if known is not None and wire_family in (None, known.wire_family):
        return known
    if wire_family is None:
        raise KeyError(name)
    return replace(
        _EXEMPLARS[wire_family],
        name=name,
        prefixes=(f"{name}/",),
        suffixes=(),
        bare=(),
        setup=None,
        hosts=(),
        keys=(),
        responses_api=False,
        smallest_budget=("max_tokens", 1),
        refuses=(),
        shutdowns=(),
        spent=(),
    )


def api_base(base_url: str, api: str) -> str:
    """``base_url`` as LiteLLM expects it for ``api``.

    To an Anthropic base LiteLLM appends ``/v1/messages``; to the others, only the method's own path.
    """
    return base_url.removesuffix("/v1") if api == "anthropic" else base_url
