"""Installs a built archive in a separate environment, with this environment's dependencies."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.patience import SECONDS
from tests.running import BIN, clean_environment

UV = str(BIN / "uv")
SITE_PACKAGES = Path(pytest.__file__).parents[1]
SETTINGS = {"UV_OFFLINE": "1", "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never"}


def install(archive: Path, folder: Path) -> Path:
    """Creates an environment at ``folder`` with the wheel or sdist and the dependencies, but without this checkout."""
    run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    # A path from a .pth file comes after the environment's own, and .pth files in it, as this checkout's, are not read.
    (folder / f"lib/{SITE_PACKAGES.parent.name}/site-packages/dependencies.pth").write_text(f"{SITE_PACKAGES}\n")
    options = ("--no-deps", "--no-build-isolation")
    run(UV, "pip", "install", "--python", str(folder / "bin/python"), *options, str(archive), env=SETTINGS)
    return folder


def run(*command: str, cwd: Path | None = None, env: Mapping[str, str] = MappingProxyType({})) -> str:
    """Runs a command, asserts that it succeeds, and returns its output."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**clean_environment(), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
