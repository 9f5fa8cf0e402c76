"""Runs the ``pointsman`` command as users do: in its own process and folder."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.conftest import REGISTRY
from tests.patience import SECONDS
from tests.running import BIN, clean_environment

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the tests' registry as its ``providers.toml``."""
    shutil.copy(REGISTRY, tmp_path / "providers.toml")
    return tmp_path


@pytest.fixture
def pointsman(folder: Path) -> Command:
    """Runs the command in ``folder``, without a terminal, with the basic and the given variables only."""

    def run(*arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(BIN / "pointsman"), *arguments],
            cwd=folder,
            env={**clean_environment(), **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    return run
