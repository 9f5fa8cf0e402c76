"""``python -m pointsman``: the same command, for environments whose scripts are not on PATH."""

from pointsman.cli import run

run()
