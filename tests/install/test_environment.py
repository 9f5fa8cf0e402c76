"""``scripts/environment.sh``: what a machine lacks is said in one line, before anything is downloaded."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import REPOSITORY

TOO_OLD = """#!/bin/sh
[ "$1" = --version ] && echo "Python 3.9.2" && exit 0
exit 1
"""
WITHOUT_VENV = """#!/bin/sh
case "$*" in
*version_info*) exit 0 ;;
*) echo "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1 ;;
esac
"""


MAKES_NOTHING = """#!/bin/sh
case "$*" in
*"-m venv "*) echo "asked for: $*" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that setting up reads, in a folder of their own."""
    shutil.copytree(
        REPOSITORY / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("pointsman", "__pycache__")
    )
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, tmp_path / name)
    return tmp_path


def _run(checkout: Path, script: str, python: str) -> subprocess.CompletedProcess[str]:
    fake = checkout / "python-of-this-test"
    fake.write_text(python)
    fake.chmod(0o755)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(checkout), "POINTSMAN_PYTHON": str(fake)}
    command = ["sh", f"scripts/{script}"]
    return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("script", ["serve", "test"])
def test_a_python_that_is_too_old_is_told(checkout: Path, script: str):
    failed = _run(checkout, script, TOO_OLD)

    assert failed.returncode == 3
    assert failed.stderr.splitlines() == [
        "python: 3.11 or later is needed, found: Python 3.9.2",
        "    hint: apt-get install python3 python3-venv, or set POINTSMAN_PYTHON=/path/to/python3.12",
    ]
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("script", ["serve", "test"])
def test_a_python_without_venv_is_told(checkout: Path, script: str):
    failed = _run(checkout, script, WITHOUT_VENV)

    assert failed.returncode == 3
    assert failed.stderr.endswith(": has no venv module\n    hint: apt-get install python3-venv\n")
    assert not (checkout / ".venv").exists()


def test_what_an_interrupted_first_run_has_left_is_made_anew(checkout: Path):
    (checkout / ".venv/bin").mkdir(parents=True)
    shutil.copy("/bin/false", checkout / ".venv/bin/python")

    failed = _run(checkout, "serve", MAKES_NOTHING)

    assert failed.returncode == 3
    assert "asked for: -m venv --clear .venv" in failed.stderr
    assert ".venv: could not be created" in failed.stderr


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Path):
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/python").symlink_to("/usr/bin/python3.0-of-the-release-before")
    (checkout / ".venv/requirements.lock.installed").write_text(_wanted(checkout, "requirements.lock"))

    failed = _run(checkout, "serve", MAKES_NOTHING)

    assert failed.returncode == 3
    assert "asked for: -m venv --clear .venv" in failed.stderr


def test_a_python_in_a_folder_with_a_blank_in_its_name(checkout: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("with a blank")
    shutil.copytree(checkout, folder, dirs_exist_ok=True)

    assert ": has no venv module" in _run(folder, "serve", WITHOUT_VENV).stderr


def _wanted(checkout: Path, lock: str) -> str:
    """What ``installed`` compares with what is there."""
    script = f". scripts/environment.sh; installed .venv {lock} || true; echo $wanted"
    done = subprocess.run(["sh", "-c", script], cwd=checkout, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_lock_files_name_no_host_and_hash_everything():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (REPOSITORY / name).read_text()
        assert "://" not in text
        pins = [line for line in text.splitlines() if "==" in line]
        assert len(pins) > 80
        assert all(line.endswith("\\") for line in pins), "a pin without a hash"


def test_every_runtime_pin_is_the_development_one_too():
    runtime, development = (
        {line.rstrip(" \\") for line in (REPOSITORY / name).read_text().splitlines() if "==" in line}
        for name in ("requirements.lock", "requirements-dev.lock")
    )

    assert runtime <= development
