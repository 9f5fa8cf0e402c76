"""A coding agent's requests, which are large: what they cost besides the chunks of the answer."""

from __future__ import annotations

from bench.protocols import Prompt
from bench.spot import Metrics, Spot

_CLIENTS = 4


def requests(spot: Spot) -> Metrics:
    """Streams of two chunks and whole answers, with 4 clients and an upstream that answers immediately."""
    count = 40 if spot.plan.quick else 120
    found: Metrics = {}
    for kind in ("stream", "whole"):
        prompt = Prompt(words=2, stream=kind == "stream", agent=True)
        spot.requests(_CLIENTS, 2 * _CLIENTS, prompt)
        before = spot.server.cpu()
        elapsed, _ = spot.requests(_CLIENTS, count, prompt)
        found |= {
            f"{kind}, CPU, ms": (spot.server.cpu() - before) / count * 1e3,
            f"{kind}, requests/s": count / elapsed,
        }
    return found
