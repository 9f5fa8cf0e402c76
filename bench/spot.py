"""One line of a table with its running servers: where a measurement is taken."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from bench import load
from bench.gateways import Gateway
from bench.load import Answer
from bench.plan import Plan
from bench.process import Server
from bench.protocols import Prompt
from bench.routes import Line

Metrics = dict[str, float]
"""The results of one measurement, by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A line, the gateway that serves it, and the upstream behind it."""

    line: Line
    gateway: Gateway
    server: Server
    upstream: Gateway
    plan: Plan

    def requests(self, concurrency: int, count: int, prompt: Prompt) -> tuple[float, list[Answer]]:
        """``load.run`` on this line."""
        wanted = self.gateway.ask(self.line, prompt)
        return asyncio.run(load.run(wanted, concurrency=concurrency, requests=count))

    def api(self) -> str:
        """The API that the gateway uses upstream for this line, found by sending a request."""
        self.requests(1, 1, Prompt())
        with urllib.request.urlopen(f"http://127.0.0.1:{self.upstream.port}/asked") as said:
            return str(said.read().decode())


Measure = Callable[[Spot], Metrics]


def p99(totals: list[float]) -> float:
    """The 99th percentile, rounded up."""
    return sorted(totals)[int(len(totals) * 0.99) - (len(totals) % 100 == 0)]
