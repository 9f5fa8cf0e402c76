"""Interleaved rounds over all lines, so that other load on the machine affects all of them equally."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench import load
from bench.gateways import Gateway, plain
from bench.load import LoadError
from bench.plan import Plan
from bench.process import Server
from bench.protocols import Prompt
from bench.routes import Line
from bench.spot import Measure, Spot

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table: which lines, and what is measured on each."""

    name: str
    measure: Measure
    lines: frozenset[Line]


@dataclass(slots=True, kw_only=True)
class Found:
    """The results of a run so far."""

    samples: dict[str, dict[Line, dict[str, list[float]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    )
    """By section, line and metric: one value per round."""
    apis: dict[Line, str] = field(default_factory=dict)
    """How the upstream is asked for each line."""
    failures: dict[tuple[str, Line], str] = field(default_factory=dict)
    """By section and line: what failed and was not retried."""


def run(sections: Sequence[Section], gateways: Sequence[Gateway], upstream: Gateway, plan: Plan, say: Say) -> Found:
    """Measures every line of every section, round by round, until the plan's time is up."""
    found = Found()
    with running([upstream, *gateways]) as servers:
        spots = {
            line: Spot(line=line, gateway=each, server=servers[each.name], upstream=upstream, plan=plan)
            for each in (upstream, *gateways)
            for line in each.lines
            if plan.covers(line)
        }
        for number in range(plan.rounds):
            for section in sections:
                for line in sorted(section.lines & spots.keys()):
                    if time.monotonic() > plan.until:
                        where = f"round {number + 1} of {plan.rounds}, before {section.name}"
                        say(f"time is up in {where}: {' '.join(_words(line))}")
                        return found
                    if (section.name, line) not in found.failures:
                        say(f"round {number + 1} of {plan.rounds}, {section.name}: {' '.join(_words(line))}")
                        _measure(section, spots[line], found, say)
    return found


def _measure(section: Section, spot: Spot, found: Found, say: Say) -> None:
    try:
        if spot.line not in found.apis:
            found.apis[spot.line] = spot.api()
        spot.server.settle()
        for metric, value in section.measure(spot).items():
            found.samples[section.name][spot.line][metric].append(value)
    except (LoadError, OSError) as error:
        # For example Portkey on Node 20, "TypeError: immutable" for every stream: leave a gap and go on.
        found.failures[section.name, spot.line] = str(error)
        say(f"{' '.join(_words(spot.line))}: {error}")


@contextlib.contextmanager
def running(gateways: Sequence[Gateway]) -> Iterator[Mapping[str, Server]]:
    """The running servers by gateway name; enters once all of them answer, stops them at the end."""
    servers: dict[str, Server] = {}
    try:
        for gateway in gateways:
            servers[gateway.name] = Server(gateway.command, gateway.environment, gateway.folder)
        for gateway in gateways:
            servers[gateway.name].first_answer(first(gateway))
        yield servers
    finally:
        for server in servers.values():
            server.stop()


def first(gateway: Gateway) -> Callable[[], object]:
    """Asks a gateway for one short answer."""
    return lambda: asyncio.run(load.run(gateway.ask(plain(gateway.name), Prompt()), concurrency=1, requests=1))


def _words(line: Line) -> tuple[str, str, str]:
    return line.client, line.route, line.gateway
