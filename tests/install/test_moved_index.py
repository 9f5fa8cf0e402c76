"""With an index newer than the lock, old and new installers install the locked releases."""

from __future__ import annotations

import ensurepip
import subprocess
from pathlib import Path

import pytest

from tests.install.stub_index import Checkout, StubIndex
from tests.install.test_failures import cause
from tests.patience import SECONDS

OLD_PIP = "23.0.1"
"""The pip of Debian 12, which resolves ``fancy[email]>=1`` to the newest ``fancy`` and ignores the lock."""


def test_what_is_locked_is_installed(stub: Checkout):
    done = stub.run()

    assert done.returncode == 0, done.stderr
    assert [stub.holds(module) for module in ("fancy", "plain", "single")] == ["1.0", "1.0", "1.0"]
    assert list(stub.folder.glob(".venv/lib/python*/site-packages/__pycache__/fancy.*.pyc"))


@pytest.mark.parametrize("uv", [""])
def test_debians_pip_installs_it_only_because_dependencies_are_left_out(stub: Checkout, python: str, uv: str):
    if _bundled_pip(python) != OLD_PIP:
        pytest.skip(f"{python} brings pip {_bundled_pip(python)}, not {OLD_PIP}")
    assert stub.run().returncode == 0
    again = [
        str(stub.python),
        "-m",
        "pip",
        "install",
        "--force-reinstall",
        "--require-hashes",
        "-r",
        "requirements.lock",
    ]

    control = subprocess.run(
        again, cwd=stub.folder, env=stub.environ, capture_output=True, text=True, check=False, timeout=SECONDS
    )

    assert control.returncode != 0
    assert "In --require-hashes mode, all requirements must have their versions pinned" in control.stderr
    assert stub.holds("fancy") == "1.0"


def test_a_lock_that_lacks_what_a_package_requires_is_refused(stub: Checkout, index: StubIndex):
    (stub.folder / "requirements.lock").write_text(index.lock("single==1.0"))

    failed = stub.run()

    message, hint = cause(failed)
    assert message.startswith("lock: it is incomplete: ")
    assert "single" in message
    assert "fancy" in message
    assert hint == "    hint: ./scripts/lock writes the lock files anew"


def _bundled_pip(python: str) -> str:
    if Path(python).samefile("/usr/bin/python3"):
        command = [python, "-c", "import ensurepip; print(ensurepip.version())"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS).stdout.strip()
    return ensurepip.version()
