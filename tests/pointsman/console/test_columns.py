"""Columns have at most 80 characters on a terminal, and are complete in a pipe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pointsman.conftest import Command
from tests.pointsman.terminal import terminal
from tests.running import REPOSITORY

_LONG = """
[[provider]]
name = "{provider}"
kind = "openai"
base_url = "https://integrate.api.nvidia.example/v1"
auth = "bearer"
auth_env = "NVIDIA_NIM_FRANKFURT_API_KEY"
default_model = "{model}"

[[provider.models]]
id = "{model}"
context_window = 1048576
max_output_tokens = 1048576
input_price = 0.125
output_price = 12.75
cached_input_price = 0.0125
vision = true
reasoning = true
"""


@pytest.mark.parametrize("command", ["check", "keys", "models", "providers"])
def test_without_keys_every_line_fits_80_columns(pointsman: Command, folder: Path, command: str):
    (folder / "providers.toml").write_text((REPOSITORY / "providers.toml").read_text())

    lines = pointsman(command).stdout.splitlines()

    assert len(lines) >= 9
    assert [line for line in lines if len(line) > 80] == []
    assert command == "models" or "(not set)" in pointsman(command, "-v").stdout


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("command", ["check", "keys", "models", "providers"])
def test_long_names_fit_a_terminal(folder: Path, command: str, width: int):
    """A name that leaves no room for the other columns gets a separate line, so it can still be copied."""
    provider, model = "nvidia_nim_in_frankfurt", "nvidia/llama-3.3-nemotron-super-49b-v1.5-instruct-fp8"
    (folder / "providers.toml").write_text(_LONG.format(provider=provider, model=model))
    with terminal(folder, command, env={"COLUMNS": str(width)}) as run:
        run.end()
        lines = [re.sub(r"\x1b\[\??[0-9;]*[a-zA-Z]", "", line).rpartition("\r")[2] for line in run.seen.splitlines()]

    name = f"{provider}/{model}*" if command == "models" else provider
    assert [line for line in lines if len(line) > max(width, len(name))] == []
    assert any(name in line for line in lines)
    assert command != "models" or name in lines


def test_on_a_terminal_a_long_sentence_wraps_in_its_column(folder: Path):
    (folder / "providers.toml").write_text((REPOSITORY / "providers.toml").read_text())
    with terminal(folder, "check", "-v", env={"COLUMNS": "80"}) as run:
        run.end()
        lines = run.seen.splitlines()

    start = next(number for number, line in enumerate(lines) if "ollama_cloud" in line)
    assert all(len(line.replace("\x1b[31m", "").replace("\x1b[0m", "")) <= 80 for line in lines[start : start + 2])
    assert lines[start + 1].startswith(" " * 20)
