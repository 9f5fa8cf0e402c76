"""Refuses calls to APIs that a provider does not have, or that LiteLLM does not support for it. Pure.

LiteLLM notices it in each attempt, retries for nine seconds, and answers 500; images of Claude and Ollama are an empty
success.
"""

from __future__ import annotations

from custom_providers.routing.resolver import ProviderRoute

_LACK_MEDIA = frozenset({"anthropic", "ollama", "kimi"})
_LACK: dict[str, tuple[str, frozenset[str]]] = {
    "aembedding": ("/v1/embeddings", frozenset({"anthropic", "kimi"})),
    "image_generation": ("/v1/images/generations", _LACK_MEDIA),
    "aspeech": ("/v1/audio/speech", _LACK_MEDIA | {"openrouter"}),
    "moderation": ("/v1/moderations", _LACK_MEDIA | {"gemini", "openrouter"}),
    "rerank": ("/v1/rerank", _LACK_MEDIA | {"openai", "gemini"}),
}
"""By LiteLLM's call type: the path, and the wire families and providers without it.

Seen in LiteLLM 1.106.12, 2026-11-28.
"""


def refusal(call_type: str, provider: ProviderRoute | None) -> str | None:
    """Return why ``provider`` cannot serve a call of this type, or None."""
    path, lack = _LACK.get(call_type, ("", frozenset()))
    if provider is None or not lack & {provider.wire_family, provider.name}:
        return None
    return f"{path} is not supported for {provider.name}"
