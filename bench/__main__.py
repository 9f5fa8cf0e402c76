"""``scripts/bench``: measures what requests and chunks cost through each gateway; prints tables or JSON."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import uvloop

from bench import agents, commands, gateways, install, others, rounds, starts, streams, switches, table, whole
from bench.gateways import BASE, MANY, OURS, Gateway, plain
from bench.plan import FULL, QUICK, Plan
from bench.rounds import Found, Section

TITLES = {
    "streams": "streams of 100 chunks, 20 ms apart",
    "together": "streams whose 50 chunks all arrive immediately",
    "requests": "whole answers, upstream answers immediately",
    "agents": "a coding agent's requests, of 95 KB each, upstream answers immediately",
    "added": "whole answers, upstream takes 20 ms: added latency at the 99th percentile",
    "start": "start",
    "switches": "plain LiteLLM with one setting changed at a time",
    "commands": "commands",
    "install": "a cold ./scripts/serve",
}
_ROUNDS = ("streams", "together", "requests", "agents", "added", "switches")
_USUAL = ("streams", "together", "requests", "agents", "added", "start", "commands")


def main() -> None:
    """Measures and prints."""
    options = _options()
    plan = QUICK if options.quick else FULL
    until = time.monotonic() + options.minutes * 60
    plan = replace(plan, rounds=options.rounds or plan.rounds, pattern=options.rows, until=until)
    chosen = options.only.split(",") if options.only else list(_USUAL)
    uvloop.install()
    # So that SIGTERM stops the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))
    with tempfile.TemporaryDirectory(prefix="pointsman-bench-") as name:
        found, words = _measure(Path(name), chosen, plan)
    tables = table.tables(found)
    failed = [{"section": section, **asdict(line), "error": error} for (section, line), error in found.failures.items()]
    if options.json:
        sys.stdout.write(json.dumps({**tables, **words, "failed": failed}, indent=1) + "\n")
        return
    parts = [table.text(TITLES[name], lines) for name, lines in tables.items()]
    parts += [{"commands": commands.told, "install": install.told}[name](values) for name, values in words.items()]
    parts += ["failed: {section}, {client} {route} {gateway}: {error:.200}".format(**line) for line in failed]
    sys.stdout.write("\n\n".join(parts) + "\n")


def _measure(folder: Path, chosen: Sequence[str], plan: Plan) -> tuple[Found, dict[str, dict[str, float]]]:
    upstream = gateways.upstream(folder)
    url = f"http://127.0.0.1:{upstream.port}"
    measured = _gateways(folder, upstream, url, chosen, plan)
    sections = _sections(chosen, measured)
    found = rounds.run(sections, measured, upstream, plan, _say) if sections else Found()
    if "start" in chosen:
        starting = [each for each in measured if each.name.startswith((BASE, OURS))]
        starts.measure(found, starting, upstream, plan, _say)
    words = {}
    if "commands" in chosen:
        words["commands"] = commands.measure(folder, 3 if plan.quick else 15)
    if "install" in chosen:
        words["install"] = install.measure(folder)
    return found, words


def _gateways(folder: Path, upstream: Gateway, url: str, chosen: Sequence[str], plan: Plan) -> list[Gateway]:
    if "switches" in chosen:
        return switches.gateways(folder, url)
    found = [gateways.litellm(BASE, folder, url), gateways.pointsman(folder, url)]
    if {"requests", "start"} & {*chosen}:
        found.append(gateways.pointsman(folder, url, MANY, f"{OURS}, {MANY} models"))
    if "added" in chosen or not plan.quick:
        found += others.others(folder, upstream, _say)
    return found


def _sections(chosen: Sequence[str], measured: Sequence[Gateway]) -> list[Section]:
    everything = frozenset(line for gateway in measured for line in gateway.lines)
    plainly = frozenset(plain(gateway.name) for gateway in measured)
    usual = everything - {plain(f"{OURS}, {MANY} models")}
    upstream = {plain("upstream")}
    ways = {
        "streams": (streams.paced, usual | upstream),
        "together": (streams.together, plainly & usual | upstream),
        "requests": (whole.requests, everything | upstream),
        "agents": (agents.requests, usual),
        "added": (whole.added, plainly & usual),
        "switches": (switches.measure, plainly),
    }
    return [
        Section(name=name, measure=ways[name][0], lines=frozenset(ways[name][1])) for name in _ROUNDS if name in chosen
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--only", metavar="NAMES", help=f"run only these, separated by commas: {', '.join(TITLES)}")
    parser.add_argument(
        "--rows", metavar="GLOB", default="", help="run only matching 'PROTOCOL ROUTE' rows, as in 'messages kimi*'"
    )
    parser.add_argument("--quick", action="store_true", help="one short round over the most important rows")
    parser.add_argument("--rounds", type=int, metavar="NUMBER", help="number of rounds (default 3; 1 with --quick)")
    parser.add_argument(
        "--minutes",
        type=float,
        default=120,
        metavar="NUMBER",
        help="stop after (default 120)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON with every measured value")
    options = parser.parse_args()
    if unknown := {*(options.only or "streams").split(",")} - TITLES.keys():
        parser.error(f"--only: unknown {', '.join(sorted(unknown))}; known: {', '.join(TITLES)}")
    return options


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    main()
