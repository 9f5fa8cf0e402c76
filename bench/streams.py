"""Streams at a coding agent's pace: concurrency, evenness, CPU per chunk, time to first token."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Sequence
from math import inf

from bench import load
from bench.load import Pace, Steady
from bench.plan import FIRST_RUNG
from bench.protocols import Prompt
from bench.spot import Metrics, Spot

WORDS, PAUSE_MS = 100, 20
_TAKES = WORDS * PAUSE_MS / 1000
"""Seconds that a stream takes without a gateway, even with 512 at once: see the upstream's own line."""
_LATE = 1.3
"""A gateway keeps up while the median stream takes less than this multiple of that."""


def paced(spot: Spot) -> Metrics:
    """Streams of 100 chunks 20 ms apart."""
    _, few = spot.requests(1, 20, Prompt(words=2, pause_ms=PAUSE_MS, stream=True))
    found = _steady(spot, FIRST_RUNG)
    gaps = sorted(found.gaps) or [inf]
    load_of_one = max(found.cpu / spot.plan.window / FIRST_RUNG, 1e-4)
    first = spot.plan.rungs.index(FIRST_RUNG)
    likely = sum(rung * load_of_one < 1 for rung in spot.plan.rungs) - 1
    most = climb(spot.plan.rungs, likely, {first: _in_time(found)}, lambda clients: _in_time(_steady(spot, clients)))
    return {
        "streams at once": most,
        f"CPU a chunk, {FIRST_RUNG} at once, ms": found.cpu / max(found.words, 1) * 1e3,
        f"p95 between chunks, {FIRST_RUNG} at once, ms": gaps[int(len(gaps) * 0.95)] * 1e3,
        "first token, ms": statistics.median(answer.words[0] for answer in few) * 1e3,
    }


def together(spot: Spot) -> Metrics:
    """Streams of 50 chunks without pauses, one stream after the other."""
    prompt = Prompt(words=50, stream=True)
    spot.requests(1, 2, prompt)
    before = spot.server.cpu()
    elapsed, answers = spot.requests(1, 20, prompt)
    return {
        "CPU a chunk, ms": (spot.server.cpu() - before) / len(answers) / prompt.words * 1e3,
        "first token, ms": statistics.median(answer.words[0] for answer in answers) * 1e3,
        "streams/s": len(answers) / elapsed,
    }


def climb(rungs: Sequence[int], likely: int, known: dict[int, bool], holds: Callable[[int], bool]) -> int:
    """The highest rung that holds, 0 for none; ``likely`` and ``known`` (by index) save attempts."""
    known = {-1: True, len(rungs): False, **known}
    while True:
        low = max(index for index, held in known.items() if held)
        high = min(index for index, held in known.items() if not held and index > low)
        if high == low + 1:
            return rungs[low] if low >= 0 else 0
        # Try the likely rung first, then the neighbours of known ones, then bisect.
        if low < likely < high:
            index = likely
        elif high == len(rungs):
            index = low + 1
        elif low == -1:
            index = high - 1
        else:
            index = (low + high) // 2
        known[index] = holds(rungs[index])


def _steady(spot: Spot, clients: int) -> Steady:
    spot.server.settle()
    wanted = spot.gateway.ask(spot.line, Prompt(words=WORDS, pause_ms=PAUSE_MS, stream=True))
    pace = Pace(ramp=_TAKES, window=spot.plan.window, limit=_TAKES * _LATE)
    return asyncio.run(load.steady(wanted, clients, pace, spot.server.cpu))


def _in_time(found: Steady) -> bool:
    totals = [answer.total for answer in found.answers]
    return bool(totals) and statistics.median(totals) < _TAKES * _LATE
