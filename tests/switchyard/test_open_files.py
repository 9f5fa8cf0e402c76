"""Limits on open files, of processes of their own."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

SCRIPT = """import resource
from switchyard.open_files import raise_limit
print(raise_limit(), *resource.getrlimit(resource.RLIMIT_NOFILE))"""


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
