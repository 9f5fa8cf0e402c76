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
    url: str
    """Where this machine reaches it."""
    host: str
    port: int
    """Where the registry said that it listens when ``serve`` began, which keeps to that."""
    workers: int
    """How many processes."""
    shared_metrics: bool
    """Whether each of them tells Prometheus of all."""
    wanted_workers: int | Literal["auto"] | None
    """What ``--workers`` said; None leaves it to the registry."""
    simulated: bool
    environ: Mapping[str, str] = field(repr=False)
    """The variables of ``serve`` when it began: where ``reload`` looks for settings and keys again."""
    env: Mapping[str, str] = field(repr=False)
    """The variables that LiteLLM gets, with the keys that were found."""
