"""The table of upstreams; adding one is adding a module and a row here."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from tests.simulator import claude, gemini, ollama, ollama_cloud, openai, opencode, opencode_go, openrouter
from tests.simulator.upstream import Upstream

UPSTREAMS: tuple[Upstream, ...] = (
    ollama.UPSTREAM,
    ollama_cloud.UPSTREAM,
    openrouter.UPSTREAM,
    opencode.UPSTREAM,
    opencode_go.UPSTREAM,
    *(import_module("tests.simulator.kimi").UPSTREAMS if find_spec("tests.simulator.kimi") else ()),
    gemini.UPSTREAM,
    claude.UPSTREAM,
    openai.UPSTREAM,
)
