"""Columns have at most 80 characters on a terminal, and are complete in a pipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pointsman.conftest import Command
from tests.pointsman.terminal import terminal
from tests.running import REPOSITORY


@pytest.mark.parametrize("command", ["check", "keys", "providers"])
def test_without_keys_every_line_fits_80_columns(pointsman: Command, folder: Path, command: str):
    (folder / "providers.toml").write_text((REPOSITORY / "providers.toml").read_text())

    lines = pointsman(command).stdout.splitlines()

    assert len(lines) >= 9
    assert [line for line in lines if len(line) > 80] == []
    assert "(not set)" in pointsman(command, "-v").stdout


def test_on_a_terminal_a_long_sentence_wraps_in_its_column(folder: Path):
    (folder / "providers.toml").write_text((REPOSITORY / "providers.toml").read_text())
    with terminal(folder, "check", "-v", env={"COLUMNS": "80"}) as run:
        run.end()
        lines = run.seen.splitlines()

    start = next(number for number, line in enumerate(lines) if "ollama_cloud" in line)
    assert all(len(line.replace("\x1b[31m", "").replace("\x1b[0m", "")) <= 80 for line in lines[start : start + 2])
    assert lines[start + 1].startswith(" " * 20)
