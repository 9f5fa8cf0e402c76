"""The outcomes of reloads, passed from ``serve`` to ``pointsman reload``."""

from __future__ import annotations

from pathlib import Path

import pytest

from custom_providers.keys.unreadable_key import UnreadableKeyError
from custom_providers.registry.problems import ConfigError, Problem
from pointsman.console.refusal import RefusalError
from pointsman.serve import reload_outcome
from pointsman.serve.reload_outcome import FILE, ReloadOutcome

PROBLEM = Problem(file="providers.toml", line=3, where="aliases.x", message="is wrong", hint="fix it")


def test_outcomes_arrive_whole_and_in_order(tmp_path: Path):
    told = (
        ReloadOutcome(
            serve=1, number=1, state="done", changes=("+ vllm",), notes=("n",), without_key={"claude": "KEY"}
        ),
        reload_outcome.failed(1, 2, ConfigError([PROBLEM])),
        ReloadOutcome(serve=1, number=3, state="starting"),
    )

    reload_outcome.write(tmp_path, told)

    assert reload_outcome.read(tmp_path) == told
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", "[{}]", "null"])
def test_what_another_release_wrote_is_no_outcome(tmp_path: Path, text: str):
    (tmp_path / FILE).write_text(text)

    assert reload_outcome.read(tmp_path) == ()


def test_where_there_is_no_file_there_is_no_outcome(tmp_path: Path):
    assert reload_outcome.read(tmp_path) == ()


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RefusalError("no", "hint"), "no"),
        (UnreadableKeyError(".env: is a folder"), ".env: is a folder"),
        (PermissionError(13, "Permission denied", "providers.toml"), "providers.toml: permission denied"),
        (OSError(12, "Cannot allocate memory"), "cannot allocate memory"),
    ],
)
def test_every_failure_says_why_and_what_to_do(error: RefusalError | UnreadableKeyError | OSError, message: str):
    told = reload_outcome.failed(1, 1, error)

    assert (told.state, told.message) == ("failed", message)
    assert told.hint
