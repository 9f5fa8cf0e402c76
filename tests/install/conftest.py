"""The Pythons and installers that the installation tests use."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.install.installing import UV, run
from tests.install.stub_index import Checkout, StubIndex, checkout, served
from tests.running import BIN, REPOSITORY

SYSTEM_PYTHON = "/usr/bin/python3"


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the built wheel and sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(str(BIN / "hatchling"), "build", "--directory", str(folder), cwd=REPOSITORY)
    return folder


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    """The built wheel."""
    (wheel,) = dist.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def python() -> str:
    """A Python that can create environments: the system's if possible, else the one under test."""
    code = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
    for candidate in (SYSTEM_PYTHON, str(BIN / "python")):
        if Path(candidate).exists() and subprocess.run([candidate, "-c", code], check=False).returncode == 0:
            return candidate
    pytest.skip("no Python here can make an environment with pip")


@pytest.fixture(params=["pip", "uv"])
def uv(request: pytest.FixtureRequest) -> str:
    """The value of ``UV``: empty for pip, else the path of uv. Tests that use it run with both."""
    return UV if request.param == "uv" else ""


@pytest.fixture
def index(tmp_path: Path) -> StubIndex:
    """An index with two releases of a package with an extra, and its requirements."""
    index = StubIndex(folder=tmp_path / "index")
    index.add("plain", "1.0")
    index.add("fancy", "1.0", extras={"email": "plain"})
    index.add("fancy", "2.0", extras={"email": "plain"})
    index.add("single", "1.0", requires=["fancy[email]>=1"])
    return index


@pytest.fixture
def stub(index: StubIndex, tmp_path: Path, python: str, uv: str) -> Iterator[Checkout]:
    """A checkout with a lock older than the index."""
    with served(index.folder) as url:
        made = checkout(tmp_path / "checkout", python, url, uv=uv)
        (made.folder / "requirements.lock").write_text(index.lock("fancy==1.0", "plain==1.0", "single==1.0"))
        yield made
