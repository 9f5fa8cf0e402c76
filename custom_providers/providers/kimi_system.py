"""The facts about Kimi's two account systems, filled in by ``kimi`` and ``moonshot``."""

from __future__ import annotations

from dataclasses import dataclass

PLATFORM_HOSTS = ("api.moonshot.ai", "api.moonshot.cn")
"""The Moonshot platform's. It and Kimi Code are one vendor's, so either provider may use the hosts of both."""

EFFORTS = ("low", "high", "max")


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One account system: its keys open its hosts and no others."""

    name: str
    """Short, stable, for logs and JSON."""
    title: str
    """Its name in sentences."""
    key_shape: str
    hosts: tuple[str, ...]
    base_url: str
    """The URL for ``base_url = "auto"`` with a key of this system."""
    console: str
    """Where to create a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float
    cached: float
    """Input tokens read from the cache."""
    cache_write: float | None = None
    """Input tokens written to the cache for 5 minutes; None: as ``input``."""
    cache_write_1h: float | None = None
    """The same for an hour."""


FREE = Price(input=0.0, output=0.0, cached=0.0)
"""A call of the coding plan: included in the membership; tokens only count against its windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KimiModel:
    """One model id of one system. All of them reason, call tools and see images."""

    id: str
    system: System
    context: int
    """Tokens, prompt and answer together."""
    output: int
    """The most tokens of one answer, reasoning included."""
    price: Price = FREE
    efforts: tuple[str, ...] = ()
    """The ``reasoning_effort`` levels it takes; none for the K2 models."""
    switchable: bool = False
    """Whether thinking can be turned off."""
    video: bool = True
