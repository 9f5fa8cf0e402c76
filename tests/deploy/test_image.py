"""The image: LiteLLM's own with the wheel installed; the build fails if versions do not match."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pointsman.serve.generation import OFFLINE, QUIET
from tests.deploy.conftest import DEPLOY, UNPINNED
from tests.patience import SECONDS
from tests.running import BIN, REPOSITORY, clean_environment

DOCKERFILE = (DEPLOY / "image" / "Dockerfile").read_text()
SITE_PACKAGES = Path(pytest.__file__).parents[1]
INSTRUCTIONS = [line for line in DOCKERFILE.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contents of /opt/pointsman in the image."""
    dist, target = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("opt")
    command = [str(BIN / "hatchling"), "build", "--target", "wheel", "--directory", str(dist)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=SECONDS)
    (wheel,) = dist.glob("*.whl")
    subprocess.run([sys.executable, "-m", "zipfile", "-e", wheel, target], check=True, timeout=SECONDS)
    return target


def _verify(*path: Path) -> subprocess.CompletedProcess[str]:
    # -S: only this path and the standard library, and not this checkout.
    command = [sys.executable, "-S", str(DEPLOY / "image" / "verify.py")]
    env = {**clean_environment(), "PYTHONPATH": os.pathsep.join(map(str, path))}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=SECONDS)


def test_the_base_is_litellms_database_image_pinned_by_a_digest_to_fill_in():
    (base,) = [line.split()[1] for line in INSTRUCTIONS if line.startswith("FROM ")]

    assert re.fullmatch(rf"ghcr\.io/berriai/litellm-database@({UNPINNED}|sha256:[0-9a-f]{{64}})", base)


def test_docker_refuses_the_digest_that_nobody_has_filled_in():
    """A placeholder with the form of a digest would make Docker look for it in the image registry."""
    assert not re.fullmatch(r"[a-z0-9]+:[0-9a-fA-F]{32,}", UNPINNED)


def test_entry_point_and_working_directory_stay_litellms():
    assert not [line for line in INSTRUCTIONS if line.startswith(("ENTRYPOINT", "WORKDIR", "USER"))]


def test_the_image_is_as_quiet_as_serve():
    pairs = [pair for line in INSTRUCTIONS if line.startswith("ENV ") for pair in line.split()[1:]]
    env = dict(pair.split("=") for pair in pairs)

    assert {name: value for name, value in env.items() if name.startswith("LITELLM_")} == {**OFFLINE, **QUIET}


def test_the_build_goes_on_with_the_installed_release(unpacked: Path):
    done = _verify(unpacked, SITE_PACKAGES)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("version", ["1.106.2", "1.107.0", "1.111.0"])
def test_the_build_ends_with_a_release_that_is_not_supported(unpacked: Path, tmp_path: Path, version: str):
    other = tmp_path / f"litellm-{version}.dist-info"
    other.mkdir()
    (other / "METADATA").write_text(f"Metadata-Version: 2.1\nName: litellm\nVersion: {version}\n")

    done = _verify(unpacked, tmp_path, SITE_PACKAGES)

    assert done.returncode == 1
    assert f"this image has LiteLLM {version}, the package supports !=1.107.0,<1.111,>=1.106.12" in done.stderr


def test_the_wheel_is_pure_python_which_is_why_unpacking_installs_it(unpacked: Path):
    (metadata,) = unpacked.glob("*.dist-info/WHEEL")

    assert "Root-Is-Purelib: true" in metadata.read_text()
    assert (unpacked / "custom_providers" / "litellm_entry.py").exists()


def test_nothing_else_of_the_repository_goes_to_the_builder():
    ignored = (DEPLOY / "image" / "Dockerfile.dockerignore").read_text().splitlines()
    kept = [line[1:] for line in ignored if line.startswith("!")]
    copied = [part for line in INSTRUCTIONS if line.startswith("COPY ") for part in line.split()[1:-1]]

    assert "*" in ignored
    assert kept == copied
