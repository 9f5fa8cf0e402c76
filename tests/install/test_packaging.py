"""The wheel and the sdist have the right content, and command, hook and handler work once installed."""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from environment import failures
from pointsman.simulator import Simulator
from tests.conftest import REGISTRY
from tests.install.installing import UV, install, run
from tests.patience import SECONDS
from tests.running import BIN, clean_environment, litellm

# The user's mirrors, certificates and caches, read before the tests clear the environment.
NETWORK = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_", "HTTPS_PROXY"))}


@pytest.fixture(scope="module", params=["*.whl", "*.tar.gz"])
def installed(request: pytest.FixtureRequest, dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel, or the one built from the sdist, and the dependencies; not this checkout."""
    (archive,) = dist.glob(request.param)
    return install(archive, tmp_path_factory.mktemp("installed"))


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


def test_the_wheel_has_both_packages_typed_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"custom_providers", "pointsman"}
    assert {"custom_providers/py.typed", "pointsman/py.typed"} <= set(names)


def test_the_sdist_has_what_builds_the_wheel_and_neither_tests_nor_bench(dist: Path):
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {name.partition("/")[0] for name in names} == {
        ".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "custom_providers", "docs", "pyproject.toml",
        "scripts",
    }  # fmt: skip
    assert {name.split("/")[1] for name in names if name.startswith("scripts/")} == {"pointsman"}


def test_the_wheels_page_works_without_the_repository(wheel: Path):
    """No link or image on the page needs the repository, and each command on the page exists."""
    page = str(_metadata(wheel).get_payload())

    links = re.findall(r"\]\(([^)]*)\)|^\[[^]]+\]: (\S+)|(?:src|href)=\"([^\"]*)\"", page, re.MULTILINE)
    assert [link for found in links for link in found if link and not link.startswith("https://")] == []
    commands = set(re.findall(r"`?pointsman ([a-z]+)", page))
    assert len(commands) > 5
    for command in commands:
        run(str(BIN / "pointsman"), command, "--help")


def test_no_address_of_the_project_is_made_up(wheel: Path):
    metadata = _metadata(wheel)

    assert (metadata.get_all("Project-URL"), metadata["Home-page"], metadata["Author-email"]) == (None, None, None)


def test_the_command_works_in_an_empty_folder(installed: Path, tmp_path: Path):
    pointsman = str(installed / "bin/pointsman")

    assert re.fullmatch(r"litellm-pointsman, version \d+\.\d+\.\d+\n", run(pointsman, "--version", cwd=tmp_path))
    run(pointsman, "init", "--provider", "ollama", cwd=tmp_path)
    run(pointsman, "render", cwd=tmp_path)
    run(pointsman, "check", cwd=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {".env", "litellm_config.yaml", "providers.toml"}


def test_the_command_is_the_installed_one(installed: Path, tmp_path: Path):
    code = "import custom_providers, pointsman; print(custom_providers.__file__, pointsman.__file__, sep='\\n')"

    files = run(str(installed / "bin/python"), "-c", code, cwd=tmp_path).splitlines()

    assert [Path(file).is_relative_to(installed) for file in files] == [True, True]


def test_the_hook_and_the_kimi_handler_work_where_it_is_installed(
    installed: Path, tmp_path: Path, simulator: Simulator
):
    config = tmp_path / "litellm_config.yaml"
    config.write_text(REGISTRY.with_suffix(".yaml").read_text())
    program = [str(installed / "bin/python"), str(BIN / "litellm")]

    with (
        litellm(config, simulator.environ(), tmp_path / "log", program=program) as proxy,
        proxy.client() as client,
    ):
        body = {"model": "kimi-for-coding", "messages": [{"role": "user", "content": "Reply PONG"}]}
        response = client.post("/v1/chat/completions", json=body)

    assert response.status_code == 200, response.text
    assert response.json()["choices"][0]["message"]["content"] == "PONG"


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_the_wheel_installs_without_the_lock_from_the_index_of_today(
    wheel: Path, tmp_path: Path, python: str, installer: str
):
    """The newest releases within the declared ranges are compatible, and the command works with them."""
    env = {**clean_environment(), **NETWORK, "UV_PYTHON_DOWNLOADS": "never"}
    if installer == "uv":
        env |= {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
        command = [UV, "tool", "install", "--python", python, str(wheel)]
    else:
        run(python, "-m", "venv", str(tmp_path))
        command = [str(tmp_path / "bin/python"), "-m", "pip", "install", "--no-compile", str(wheel)]

    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=10 * SECONDS)

    if done.returncode:
        failure = failures.of_output(done.stdout + done.stderr, done.returncode)
        if failure.cause.startswith("network: "):
            pytest.skip(f"the package index of this machine: {failure.cause}")
    assert done.returncode == 0, done.stderr
    (folder := tmp_path / "empty").mkdir()
    for arguments in (["--version"], ["init", "--provider", "ollama"], ["render"], ["check"]):
        run(str(tmp_path / "bin/pointsman"), *arguments, cwd=folder)
