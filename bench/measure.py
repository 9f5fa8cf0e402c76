"""The measurements: interleaved rounds over all rows, so that what the machine does meanwhile hits them alike."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench import load
from bench.load import Answers, Ask, LoadError
from bench.process import Server
from bench.targets import Target

Samples = dict[str, dict[str, list[float]]]
"""By row and metric, one value a round."""

CONCURRENCIES = (1, 8, 64)
_LONGEST = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long to measure."""

    rounds: int
    seconds: float
    """Of each measurement, about."""
    boots: int
    requests_before_weighing: int


QUICK = Plan(rounds=2, seconds=0.5, boots=1, requests_before_weighing=1_000)
FULL = Plan(rounds=5, seconds=1.0, boots=5, requests_before_weighing=10_000)

Say = Callable[[str], None]


class Bench:
    """The servers under measurement and what has been measured of them."""

    def __init__(self, upstream: Target, targets: Sequence[Target], plan: Plan, say: Say) -> None:
        self.samples: Samples = defaultdict(lambda: defaultdict(list))
        self._upstream = upstream
        self._targets = targets
        self._plan = plan
        self._say = say
        self._sent: dict[str, int] = defaultdict(int)

    def run(self) -> Samples:
        """Boots, then rounds, then memory."""
        with _running([self._upstream]) as first:
            upstream = first[id(self._upstream)]
            self._boots()
            self._say("starting all")
            with _running(self._targets) as servers:
                everyone = {**servers, **first}
                for number in range(self._plan.rounds):
                    self._say(f"round {number + 1} of {self._plan.rounds}")
                    for target, row in _rows([self._upstream, *self._targets]):
                        for measure in (self._whole, self._streams):
                            try:
                                measure(target, row, everyone[id(target)], upstream)
                            except (LoadError, OSError) as error:
                                # Such as Portkey on Node 20, "TypeError: immutable" for every stream: a hole in
                                # its column, and the others' figures all the same.
                                self._say(f"{row}: {error}")
                self._weigh(servers)
        return self.samples

    def _boots(self) -> None:
        for number in range(self._plan.boots):
            self._say(f"start {number + 1} of {self._plan.boots}")
            for target in self._targets:
                row = next(iter(target.rows))
                server = Server(target.command, target.environment, target.folder)
                try:
                    self.samples[row]["boot to first answer, s"].append(server.first_answer(target.ask(row)))
                    self.samples[row]["memory at start, MB"].append(server.memory())
                finally:
                    server.stop()

    def _whole(self, target: Target, row: str, server: Server, upstream: Server) -> None:
        values = self.samples[row]
        for concurrency in CONCURRENCIES:
            found = self._load(target.ask(row), concurrency, row, server, upstream)
            values[f"c{concurrency}: requests/s"].append(len(found.answers.totals) / found.answers.elapsed)
            values[f"c{concurrency}: p50, ms"].append(statistics.median(found.answers.totals) * 1e3)
            values[f"c{concurrency}: p99, ms"].append(_p99(found.answers.totals) * 1e3)
            values[f"c{concurrency}: CPU a request, ms"].append(found.cpu * 1e3)
            values[f"c{concurrency}: CPU of bench and upstream, ms"].append(found.around * 1e3)

    def _streams(self, target: Target, row: str, server: Server, upstream: Server) -> None:
        values = self.samples[row]
        for chunks in (50, 500):
            found = self._load(target.ask(row, f"chunks-{chunks}"), 1, row, server, upstream)
            values[f"{chunks} chunks: first token, ms"].append(statistics.median(found.answers.firsts) * 1e3)
            values[f"{chunks} chunks: CPU a chunk, µs"].append(found.cpu / chunks * 1e6)
        found = self._load(target.ask(row, "paced-50"), 1, row, server, upstream)
        values["50 chunks 2 ms apart: CPU a chunk, µs"].append(found.cpu / 50 * 1e6)
        found = self._load(target.ask(row, "chunks-50"), 8, row, server, upstream)
        values["50 chunks, c8: streams/s"].append(len(found.answers.totals) / found.answers.elapsed)

    def _load(self, ask: Ask, concurrency: int, row: str, server: Server, upstream: Server) -> _Load:
        """As many requests as take the planned time, after a few that tell how many those are."""
        trial = _run(ask, concurrency, max(3, concurrency))
        self._sent[row] += len(trial.totals)
        wanted = int(self._plan.seconds / trial.elapsed * len(trial.totals))
        count = max(min(wanted, _LONGEST), 2 * concurrency, 4)
        cpu, own, behind = server.cpu(), time.process_time(), upstream.cpu()
        answers = _run(ask, concurrency, count)
        around = time.process_time() - own + upstream.cpu() - behind
        self._sent[row] += count
        return _Load(answers=answers, cpu=(server.cpu() - cpu) / count, around=around / count)

    def _weigh(self, servers: Mapping[int, Server]) -> None:
        for target in self._targets:
            row = next(iter(target.rows))
            self._say(f"memory of {row}")
            left = self._plan.requests_before_weighing - sum(self._sent[name] for name in target.rows)
            if left > 0:
                _run(target.ask(row), 8, left)
            memory = servers[id(target)].memory()
            self.samples[row][f"memory after {self._plan.requests_before_weighing} requests, MB"].append(memory)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    answers: Answers
    cpu: float
    """Seconds of the server, for each request."""
    around: float
    """Seconds of the load generator and the upstream, for each request."""


class _running:  # noqa: N801 -- reads as the verb that it is
    """The servers of targets, from the moment that all answer to the end of the block."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets = targets
        self._servers: dict[int, Server] = {}

    def __enter__(self) -> dict[int, Server]:
        try:
            for target in self._targets:
                server = Server(target.command, target.environment, target.folder)
                self._servers[id(target)] = server
                for row in target.rows:
                    server.first_answer(target.ask(row))
        except BaseException:
            self.__exit__()
            raise
        return self._servers

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.stop()


def _run(ask: Ask, concurrency: int, requests: int) -> Answers:
    return asyncio.run(load.run(ask, concurrency=concurrency, requests=requests))


def _rows(targets: Sequence[Target]) -> Iterator[tuple[Target, str]]:
    return ((target, row) for target in targets for row in target.rows)


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.99) - (len(values) % 100 == 0)]
