"""The launch parameters of LiteLLM's processes; ``serve`` makes the first ones, and each reload makes new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """The launch parameters of one generation of LiteLLM processes."""

    config: str
    """The absolute path of LiteLLM's config."""
    workers: int
    """The number of processes."""
    shared_metrics: bool
    """Whether each process reports the metrics of all of them to Prometheus."""
    env: Mapping[str, str] = field(repr=False)
    """LiteLLM's environment variables, including the keys that were found."""
