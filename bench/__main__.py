"""``scripts/bench``: one table, or JSON, of what requests through each way cost."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import uvloop

from bench import commands, install, switches, table, targets
from bench.measure import FULL, QUICK, Bench
from bench.targets import BASE, MANY, MODEL, Target


def main() -> None:
    """Measures and prints."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="pointsman-bench-") as name:
        uvloop.install()
        folder = Path(name)
        upstream = targets.upstream(folder)
        url = f"http://127.0.0.1:{upstream.port}/v1"
        chosen = switches.targets(folder, url) if options.switches else _rows(folder, url)
        plan = QUICK if options.quick else FULL
        bench = Bench(upstream, chosen, replace(plan, rounds=options.rounds or plan.rounds), _say)
        found = table.summary(bench.run(), BASE)
        _say("the command")
        small = commands.measure(folder, 3 if options.quick else 15)
        cold = install.measure(folder) if options.install else None
    if options.json:
        sys.stdout.write(json.dumps({"rows": found, "commands": small, "install": cold}, indent=1) + "\n")
        return
    parts = [table.text(found, BASE), commands.told(small), *([install.told(cold)] if cold else [])]
    sys.stdout.write("\n\n".join(parts) + "\n")


def _rows(folder: Path, url: str) -> list[Target]:
    return [
        targets.forwarder(folder, url),
        targets.litellm(BASE, folder, url),
        targets.pointsman(folder, url, 10, {"pointsman": f"house/{MODEL}", "pointsman, kimi": "kimi/kimi-for-coding"}),
        targets.pointsman(folder, url, MANY, {f"pointsman, {MANY} models": f"house/{MODEL}"}),
        *targets.portkey(folder, url),
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two short rounds and one start: an impression")
    parser.add_argument("--rounds", type=int, metavar="NUMBER", help="so many rounds (5; with --quick 2)")
    parser.add_argument("--json", action="store_true", help="print JSON, with every value")
    parser.add_argument("--switches", action="store_true", help="turn one thing at a time in LiteLLM instead")
    parser.add_argument("--install", action="store_true", help="time a cold ./scripts/serve, too; fetches all packages")
    return parser.parse_args()


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    main()
