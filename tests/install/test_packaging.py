"""The wheel: it builds, installs elsewhere, and brings a command and a handler that work there."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pointsman.simulator import Simulator
from tests.conftest import REGISTRY
from tests.running import BIN, REPOSITORY, clean_environment, litellm


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel."""
    folder = tmp_path_factory.mktemp("dist")
    command = [str(BIN / "hatchling"), "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment that has the wheel, the dependencies, and not this checkout."""
    target = tmp_path_factory.mktemp("installed")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-qq",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True, timeout=120)
    dependencies = Path(pytest.__file__).parents[1]
    return {**clean_environment(), "PYTHONPATH": os.pathsep.join((str(target), str(dependencies)))}


def test_the_wheel_has_both_packages_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"custom_providers", "pointsman"}


def test_the_command_works_where_the_wheel_is_installed(installed: dict[str, str], tmp_path: Path):
    (tmp_path / "providers.toml").write_text(REGISTRY.read_text())
    code = "import pointsman.cli as c; print(c.__file__); c.run()"

    done = subprocess.run(
        [sys.executable, "-c", code, "render"], cwd=tmp_path, env=installed, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert str(REPOSITORY) not in done.stdout
    assert (tmp_path / "litellm_config.yaml").exists()


def test_the_hook_and_the_kimi_handler_work_where_the_wheel_is_installed(
    installed: dict[str, str], tmp_path: Path, simulator: Simulator
):
    config = tmp_path / "litellm_config.yaml"
    config.write_text(REGISTRY.with_suffix(".yaml").read_text())

    with litellm(config, {**installed, **simulator.environ()}, tmp_path / "log") as proxy, proxy.client() as client:
        body = {"model": "kimi-for-coding", "messages": [{"role": "user", "content": "Reply PONG"}]}
        response = client.post("/v1/chat/completions", json=body)

    assert response.status_code == 200, response.text
    assert response.json()["choices"][0]["message"]["content"] == "PONG"
