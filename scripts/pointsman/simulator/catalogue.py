"""The table of upstreams; to add one, write a module and add it here."""

from __future__ import annotations

from pointsman.simulator.providers import (
    claude,
    gemini,
    kimi,
    ollama,
    ollama_cloud,
    openai,
    opencode,
    opencode_go,
    openrouter,
)
from pointsman.simulator.upstream import Upstream

UPSTREAMS: tuple[Upstream, ...] = (
    ollama.UPSTREAM,
    ollama_cloud.UPSTREAM,
    openrouter.UPSTREAM,
    opencode.UPSTREAM,
    opencode_go.UPSTREAM,
    *kimi.UPSTREAMS,
    gemini.UPSTREAM,
    claude.UPSTREAM,
    openai.UPSTREAM,
)
