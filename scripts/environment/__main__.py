"""``python -m environment FOLDER LOCK``: the environment in FOLDER holds what LOCK names. Exit status: 0, 3 or 130."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from environment.failures import InstallError
from environment.making import Request, ensure
from environment.progress import Progress


def main() -> int:
    """Makes the environment; prints progress, and the cause and remedy of a failure, to stderr."""
    progress = Progress(out=sys.stderr)
    try:
        ensure(_request(), progress)
    except InstallError as error:
        progress.clear()
        sys.stderr.write(f"{error.cause}\n    hint: {error.remedy}\n{error.details}")
        return 3
    except KeyboardInterrupt:
        progress.clear()
        sys.stderr.write("interrupted; the next run starts again, with what it has downloaded\n")
        return 130
    return 0


def _request() -> Request:
    parser = argparse.ArgumentParser(prog="environment", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("lock", type=Path)
    parser.add_argument("--editable", action="store_true", help="this package too, from its sources")
    parser.add_argument(
        "--over",
        metavar="LOCK",
        type=Path,
        help="a lock file whose releases replace those of the first, without their requirements;"
        " for tests against another LiteLLM",
    )
    parser.add_argument("--ignore-requires-python", action="store_true", help="as pip's option")
    asked = parser.parse_args()
    return Request(
        folder=asked.folder.absolute(),
        lock=asked.lock,
        editable=asked.editable,
        over=asked.over,
        ignore_requires_python=asked.ignore_requires_python,
    )


if __name__ == "__main__":
    sys.exit(main())
