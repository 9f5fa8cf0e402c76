"""What LiteLLM's processes are started with; ``serve`` makes the first, every reload another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One generation of LiteLLM processes."""

    config: str
    """The file that LiteLLM reads, absolute."""
    workers: int
    """How many processes."""
    shared_metrics: bool
    """Whether each of them reports the metrics of all to Prometheus."""
    env: Mapping[str, str] = field(repr=False)
    """The variables that LiteLLM gets, with the keys that were found."""
