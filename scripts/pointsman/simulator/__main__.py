"""`python -m pointsman.simulator`: every upstream on one port, for trying the proxy without a key."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

from pointsman.simulator.simulator import Simulator


def main() -> int:
    """Serves until a signal arrives or, with `--exit-with-stdin`, until stdin ends; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m pointsman.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4100, help="0 takes a free one")
    parser.add_argument("--exit-with-stdin", action="store_true", help="exit when stdin reaches its end")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with Simulator(options.host, options.port) as simulator:
            _announce(simulator)
            if options.exit_with_stdin and not sys.stdin.isatty():
                threading.Thread(target=_set_at_eof, args=(stop,), daemon=True).start()
            stop.wait()
    except OSError as problem:
        sys.stderr.write(f"simulator: {options.host}:{options.port}: {os.strerror(problem.errno or 0)}\n")
        return 3
    return 0


def _announce(simulator: Simulator) -> None:
    lines = [f"simulator: {simulator.url}"]
    for provider in simulator.providers():
        variables = simulator.environ_of(provider)
        lines.append(" ".join(f"{name}={value}" for name, value in variables.items()))
    lines.append("ready")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _set_at_eof(stop: threading.Event) -> None:
    # Not sys.stdin.read: if this thread holds its lock at exit, the interpreter aborts.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
