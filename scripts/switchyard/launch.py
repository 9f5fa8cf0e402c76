"""What LiteLLM's processes are started with; ``serve`` makes the first one, every ``reload`` another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """Everything that is JSON, for a ``reload`` sends it to the ``serve`` that runs."""

    registry: str
    """The file, absolute."""
    config: str
    """The file that LiteLLM reads, absolute."""
    host: str
    port: int
    """Where the registry says that the proxy listens; ``serve`` keeps to where it has begun."""
    workers: int
    """How many processes."""
    shared_metrics: bool
    """Whether each of them tells Prometheus of all."""
    wanted_workers: int | Literal["auto"] | None
    """What ``--workers`` said; None leaves it to the registry."""
    simulated: bool
    environ: Mapping[str, str] = field(repr=False)
    """The variables among which settings and keys were looked for."""
    env: Mapping[str, str] = field(repr=False)
    """The variables that LiteLLM gets, with the keys that were found."""
