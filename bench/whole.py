"""Whole answers: throughput, latency, and the latency that a gateway adds to an upstream of 20 ms."""

from __future__ import annotations

import statistics
from dataclasses import replace

from bench.gateways import plain
from bench.protocols import Prompt
from bench.spot import Metrics, Spot, p99

_LONGEST = 4_000
_UPSTREAM_MS = 20


def requests(spot: Spot) -> Metrics:
    """An upstream that answers immediately, with 1, 8 and 64 clients."""
    found: Metrics = {}
    for clients in (1, 8, 64):
        elapsed, trial = spot.requests(clients, max(3, clients), Prompt())
        count = max(min(int(spot.plan.seconds / elapsed * len(trial)), _LONGEST), 2 * clients, 4)
        before = spot.server.cpu()
        elapsed, answers = spot.requests(clients, count, Prompt())
        totals = [answer.total for answer in answers]
        found |= {
            f"c{clients} requests/s": count / elapsed,
            f"c{clients} p50, ms": statistics.median(totals) * 1e3,
            f"c{clients} p99, ms": p99(totals) * 1e3,
            f"c{clients} CPU, ms": (spot.server.cpu() - before) / count * 1e3,
        }
    return found


def added(spot: Spot) -> Metrics:
    """The gateway's 99th percentile less the upstream's own, measured just before."""
    direct = replace(spot, gateway=spot.upstream, line=plain(spot.upstream.name))
    prompt = Prompt(pause_ms=_UPSTREAM_MS)
    found: Metrics = {}
    for clients in (1, 4, 16, 64):
        count = max(100, 4 * clients) if spot.plan.quick else max(300, 10 * clients)
        spot.requests(clients, 2 * clients, prompt)
        without, through = (p99([a.total for a in each.requests(clients, count, prompt)[1]]) for each in (direct, spot))
        found[f"{clients} clients, p99 added, ms"] = (through - without) * 1e3
    return found
