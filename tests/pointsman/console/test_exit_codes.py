"""Exit codes when output is closed, and on unexpected errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pointsman.cli import main
from tests.patience import SECONDS
from tests.pointsman.terminal import terminal
from tests.running import BIN, clean_environment

RAISES = """
import sys
from pointsman.config import render
from pointsman.cli import run
def fails(*_): raise {error}
render.render = fails
sys.argv[:] = ["pointsman", "render"]
run()
"""


def _run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Runs the command in a shell, which can redirect its output."""
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder, env={**clean_environment(), "PATH": f"{BIN}:/usr/bin:/bin"},
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("command", ["route fast", "providers", "--help", "check --json"])
def test_a_result_that_cannot_be_written_is_no_success(folder: Path, command: str):
    done = _run(folder, f"pointsman {command} > /dev/full")

    assert done.returncode == 3
    assert done.stderr.endswith("no space left on device\n    hint: free space, then run this again\n")
    assert "Exception ignored" not in done.stderr


_RESULTS = (
    "check", "check --json", "providers", "models", "models --json", "keys", "route fast", "render -o -",
    "schema --docs", "connect curl", "connect claude-code --json", "usage", "doctor --json",
)  # fmt: skip


@pytest.mark.parametrize("command", [*(f"{name} --help" for name in sorted(main.commands)), *_RESULTS, "--version"])
def test_a_reader_who_leaves_early_is_no_finding_and_needs_no_message(folder: Path, command: str):
    """As in ``pointsman models | head -1``, where 1 would mean problems found."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stdout:
        done = subprocess.run(
            [str(BIN / "pointsman"), *command.split()],
            cwd=folder, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
            text=True, timeout=SECONDS, check=False,
        )  # fmt: skip

    assert done.returncode == 3
    assert "roken pipe" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("redirected", [">&-", "2>&-", ">&- 2>&-", "2> /dev/full"])
def test_closed_and_full_streams_end_in_a_documented_exit_code(folder: Path, redirected: str):
    done = _run(folder, f"pointsman route fast {redirected}")

    assert done.returncode in {0, 3}
    assert "Traceback" not in done.stderr


def test_a_failure_that_nobody_has_thought_of_is_not_taken_for_problems_found(folder: Path):
    done = subprocess.run(
        [sys.executable, "-c", RAISES.format(error='ValueError("unforeseen")')],
        cwd=folder, env=clean_environment(), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert done.returncode == 3
    assert "ValueError: unforeseen" in done.stderr


def test_ctrl_c_is_not_taken_for_problems_found(folder: Path):
    done = subprocess.run(
        [sys.executable, "-c", RAISES.format(error="KeyboardInterrupt")],
        cwd=folder, env=clean_environment(), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (3, "\ninterrupted\n")


@pytest.mark.parametrize(
    ("arguments", "cause", "helps"),
    [
        ("rout", "No such command 'rout'. Did you mean 'route'?", ""),
        ("--bogus", "No such option '--bogus'.", ""),
        ("route", "Missing argument 'MODEL'.", "route "),
        ("keys bogus", "No such command 'bogus'.", "keys "),
        ("keys set nobody", '"nobody" is neither a provider with a key nor', "keys set "),
        ("connect", "Missing argument 'CLIENT'. Choose from: claude-code, codex,", "connect "),
        ("connect claude", "Invalid value for 'CLIENT': 'claude' is not one of", "connect "),
        ("audit --since soon", "Invalid value for '--since': ", "audit "),
    ],
)
def test_wrong_usage_says_the_cause_first_and_fits_a_terminal(folder: Path, arguments: str, cause: str, helps: str):
    with terminal(folder, *arguments.split(), env={"COLUMNS": "80"}) as run:
        assert run.end() == 2

    said = " ".join(run.seen.split())
    assert said.startswith(cause)
    assert said.endswith(f"hint: run `pointsman {helps}--help`")
    assert max(len(line) for line in run.seen.splitlines()) <= 80
