"""Limits on open files, tested in child processes."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """import resource
from pointsman.serve.open_files import raise_limit
print(raise_limit(), *resource.getrlimit(resource.RLIMIT_NOFILE))"""

STREAMS = """import os, sys
from pointsman.serve.open_files import fill_standard_streams
fill_standard_streams()
os.execvp(sys.argv[1], sys.argv[1:])"""


@pytest.mark.parametrize(
    ("soft", "hard", "then"),
    [(256, 1024, 1024), (1024, 1024, 1024), (1024, 1_000_000, 65_536), (100_000, 1_000_000, 100_000)],
)
def test_the_soft_limit_rises_to_the_hard_one_or_to_what_is_enough(soft: int, hard: int, then: int):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and hard > most:
        pytest.skip(f"the hard limit here is {most}")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True, text=True, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
    )  # fmt: skip
    assert done.stdout.split() == [str(then), str(then), str(hard)]


def test_standard_streams_that_are_closed_lead_nowhere_and_reach_children(tmp_path: Path):
    listing = f"found=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2); echo $found > {tmp_path / 'found'}"
    command = [sys.executable, "-c", STREAMS, "sh", "-c", listing]

    subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command], check=True)

    assert (tmp_path / "found").read_text() == "/dev/null /dev/null /dev/null\n"


def test_talk_that_nobody_can_hear_stops_nothing():
    program = "from pointsman.console import report; report.say('said'); report.result('done')"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=full, text=True, check=False
        )

    assert done.stdout == "done\n"
