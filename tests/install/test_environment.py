"""``scripts/environment.sh``: which Python it uses, and when it creates, extends or keeps an environment."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import threading
from pathlib import Path

import pytest

from tests.install.stub_index import Checkout, FromDisk, StubIndex, served
from tests.patience import SECONDS, eventually
from tests.running import REPOSITORY

OTHER_PYTHON = """#!/bin/sh
[ "$1" = --version ] && echo "Python {version}" && exit 0
exit 1
"""
HINT = (
    "    hint: apt-get install python3 python3-venv (Debian 12, Ubuntu 24.04 or later),"
    " or set POINTSMAN_PYTHON=/path/to/python3.12"
)


@pytest.mark.parametrize("version", ["3.9.2", "3.15.0"])
@pytest.mark.parametrize("script", ["serve", "test", "bench"])
def test_a_python_that_litellm_does_not_support(tmp_path: Path, script: str, version: str):
    python = tmp_path / "python"
    python.write_text(OTHER_PYTHON.format(version=version))
    python.chmod(0o755)

    failed = _script(script, python)

    assert failed.returncode == 3
    assert failed.stderr.splitlines() == [f"python: 3.11 to 3.14 is needed, found: Python {version}", HINT]


def test_no_python_at_all(tmp_path: Path):
    failed = _script("serve", tmp_path / "nothing here")

    assert failed.returncode == 3
    assert failed.stderr.startswith("python: 3.11 to 3.14 is needed, found: ")
    assert failed.stderr.splitlines()[1:] == [HINT]


def _script(name: str, python: Path) -> subprocess.CompletedProcess[str]:
    env = {"PATH": "/usr/bin:/bin", "POINTSMAN_PYTHON": str(python)}
    command = ["sh", str(REPOSITORY / "scripts" / name)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=SECONDS)


def test_each_step_is_reported_with_counts_and_seconds(stub: Checkout, uv: str):
    done = stub.run()

    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    first, *steps, last = done.stderr.splitlines()
    assert first == f"setting up .venv from requirements.lock with {'uv' if uv else 'pip'}, in {stub.folder}"
    assert [line.rpartition(",")[0].split(", with")[0] for line in steps] == [
        "  .venv is created",
        "  3 packages are installed",
        "  this package is installed",
        "  each package has what it requires",
    ]
    assert last.startswith(".venv is ready, ")
    assert all(line.split()[-1] == "s" for line in steps)


def test_a_terminal_shows_how_far_it_is(stub: Checkout, index: StubIndex, uv: str):
    """The index withholds one package until the terminal has shown that the others have arrived."""
    screen, terminal = pty.openpty()
    parts: list[str] = []
    release = threading.Event()

    class HoldingBack(FromDisk):
        def do_GET(self) -> None:  # noqa: N802 -- http.server's name
            if "plain" in self.path:
                release.wait(SECONDS)
            super().do_GET()

    with served(index.folder, HoldingBack) as url:
        held = stub.with_environ(PIP_INDEX_URL=url, UV_DEFAULT_INDEX=url)
        with subprocess.Popen(held.command(), cwd=held.folder, env=held.environ, stderr=terminal) as process:
            os.close(terminal)
            reader = threading.Thread(target=_read, args=(screen, parts), daemon=True)
            reader.start()
            expected = "resolving 3 pins" if uv else "downloading: 1 of 3 packages"
            eventually(lambda: f"\r  {expected}" in "".join(parts) or not reader.is_alive())
            release.set()
        reader.join(SECONDS)

    seen = "".join(parts)
    assert process.returncode == 0, seen
    assert f"\r  {expected}, " in seen
    assert seen.endswith(" s in all\r\n")


def _read(screen: int, parts: list[str]) -> None:
    # Linux reports the end of a pseudo-terminal as an error.
    with contextlib.suppress(OSError):
        while part := os.read(screen, 4096):
            parts.append(part.decode())
    os.close(screen)


only_uv = pytest.mark.parametrize("uv", ["uv"], indirect=True)


@only_uv
def test_what_is_complete_is_left_alone_in_silence(stub: Checkout):
    assert stub.run().returncode == 0
    before = stub.python.lstat()

    again = stub.with_environ(UV_DEFAULT_INDEX="http://127.0.0.1:1/").run()

    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert stub.python.lstat() == before


@only_uv
def test_a_longer_lock_is_added_and_serves_the_shorter_one_too(stub: Checkout, index: StubIndex):
    assert stub.run().returncode == 0
    before = stub.python.lstat()
    everything = index.lock("fancy==1.0", "plain==1.0", "single==1.0")
    index.add("tool", "1.0")
    (stub.folder / "requirements-dev.lock").write_text(everything + index.lock("tool==1.0"))

    longer = stub.run("ensure_environment requirements-dev.lock")
    shorter = stub.run()

    assert longer.returncode == 0, longer.stderr
    assert "  1 packages are installed" in longer.stderr
    assert stub.python.lstat() == before
    assert (shorter.returncode, shorter.stderr) == (0, "")
    assert stub.holds("tool") == "1.0"


@only_uv
def test_a_lock_with_other_releases_makes_it_anew(stub: Checkout, index: StubIndex):
    assert stub.run().returncode == 0
    (stub.folder / "requirements.lock").write_text(index.lock("fancy==2.0", "plain==1.0"))

    done = stub.run()

    assert done.returncode == 0, done.stderr
    assert stub.holds("fancy") == "2.0"
    assert not list(stub.folder.glob(".venv/lib/python*/site-packages/single*")), "what is no longer locked has stayed"


@only_uv
def test_a_changed_project_is_installed_again_and_nothing_else(stub: Checkout):
    assert stub.run().returncode == 0
    with (stub.folder / "pyproject.toml").open("a") as project:
        project.write("# a dependency more\n")

    done = stub.with_environ(UV_DEFAULT_INDEX="http://127.0.0.1:1/").run()

    assert done.returncode == 0, done.stderr
    assert "this package is installed" in done.stderr
    assert "packages are installed" not in done.stderr


@only_uv
@pytest.mark.parametrize("broken", ["moved", "python gone", "record gone"])
def test_a_broken_environment_is_made_anew(stub: Checkout, broken: str):
    assert stub.run().returncode == 0
    if broken == "moved":
        stub = stub.moved_to(stub.folder.with_name("a folder with blanks"))
    elif broken == "python gone":
        stub.python.unlink()
        stub.python.symlink_to("/usr/bin/python3.0-of-the-release-before")
    else:
        (stub.folder / ".venv/installed.txt").unlink()

    done = stub.run()

    assert done.returncode == 0, done.stderr
    assert ".venv is created" in done.stderr
    assert stub.holds("single") == "1.0"


def test_another_release_over_the_lock(stub: Checkout, index: StubIndex):
    (stub.folder / "newer.lock").write_text(index.lock("fancy==2.0"))

    done = stub.run("environment .venv requirements.lock --editable --over newer.lock")

    assert done.returncode == 0, done.stderr
    assert (stub.holds("fancy"), stub.holds("plain")) == ("2.0", "1.0")
    assert stub.run("environment .venv requirements.lock --editable --over newer.lock").stderr == ""


def test_another_release_over_the_lock_has_to_have_its_hash(stub: Checkout, index: StubIndex):
    (stub.folder / "newer.lock").write_text(index.lock("fancy==2.0").replace(index.hashes["fancy==2.0"], "0" * 64))

    assert stub.run("environment .venv requirements.lock --editable --over newer.lock").returncode == 3
