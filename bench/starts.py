"""Start-up: seconds until the first answer, and memory then and after many requests."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence

from bench import load
from bench.gateways import Gateway, plain
from bench.plan import Plan
from bench.process import Server
from bench.protocols import Prompt
from bench.rounds import Found, Say, first, running

NAME = "start"


def measure(found: Found, gateways: Sequence[Gateway], upstream: Gateway, plan: Plan, say: Say) -> None:
    """Starts the gateways in turn, several times; after the last start, measures memory again after many requests."""
    samples = found.samples[NAME]
    with running([upstream]):
        for number in range(plan.boots):
            for gateway in gateways:
                if time.monotonic() > plan.until:
                    say(f"time is up before start {number + 1} of {plan.boots}: {gateway.name}")
                    return
                say(f"start {number + 1} of {plan.boots}: {gateway.name}")
                values = samples[plain(gateway.name)] = samples.get(plain(gateway.name), defaultdict(list))
                server = Server(gateway.command, gateway.environment, gateway.folder)
                try:
                    values["first answer after, s"].append(server.first_answer(first(gateway)))
                    values["memory, MB"].append(server.memory())
                    if number == plan.boots - 1:
                        count = plan.requests_before_weighing
                        wanted = gateway.ask(plain(gateway.name), Prompt())
                        asyncio.run(load.run(wanted, concurrency=8, requests=count))
                        values[f"memory after {count} requests, MB"].append(server.memory())
                finally:
                    server.stop()
