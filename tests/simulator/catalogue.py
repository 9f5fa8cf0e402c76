"""The table of upstreams; adding one is adding a module and a row here."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from tests.simulator import claude, ollama, openai
from tests.simulator.upstream import Upstream

UPSTREAMS: tuple[Upstream, ...] = (
    ollama.UPSTREAM,
    *(import_module("tests.simulator.kimi").UPSTREAMS if find_spec("tests.simulator.kimi") else ()),
    claude.UPSTREAM,
    openai.UPSTREAM,
)
