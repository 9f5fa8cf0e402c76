"""The systemd unit, verified by systemd."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from custom_providers.registry.model import Registry
from pointsman.console.options import COULD_NOT_RUN, PROBLEMS, USAGE
from pointsman.serve.supervisor import DRAIN_SECONDS, START_SECONDS
from tests.deploy.conftest import DEPLOY
from tests.patience import SECONDS
from tests.running import BIN, REPOSITORY

UNIT = DEPLOY / "systemd" / "pointsman.service"
EXPOSURE = 15
"""In tenths, of 100; the rest is the network, which a gateway needs."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def _settings(name: str) -> list[str]:
    return [line.partition("=")[2] for line in UNIT.read_text().splitlines() if line.startswith(f"{name}=")]


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with a command that exists here."""
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/pointsman/bin/pointsman", str(BIN / "pointsman")))
    return copy


@needs_systemd
def test_systemd_finds_nothing_to_say_about_the_unit(unit: Path):
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False, timeout=SECONDS
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
def test_the_service_is_as_confined_as_promised(unit: Path):
    command = ["systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE}", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)

    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_hides_the_key_files_from_a_reload(own_registry: Registry):
    """A variable set by systemd stays until a restart, and takes precedence over the files."""
    registry = Path(dict(setting.split("=", 1) for setting in _settings("Environment"))["POINTSMAN_REGISTRY"])
    named = [Path(file) for provider in own_registry.providers for file in provider.auth_fallback_files]

    assert _settings("EnvironmentFile") == []
    assert named
    assert {file.parent for file in named} == {registry.parent}


def test_the_key_files_can_belong_to_the_services_user():
    """A dynamic user, which systemd creates for one run, cannot own files."""
    (user,) = _settings("User")

    assert _settings("DynamicUser") == []
    assert f"-o {user} /dev/null /etc/pointsman/.env" in UNIT.read_text()


def test_a_stop_gives_streams_the_time_that_a_reload_gives_them():
    (seconds,) = _settings("TimeoutStopSec")

    assert int(seconds) > DRAIN_SECONDS


def test_it_is_started_again_unless_that_would_change_nothing():
    """It restarts after status 3, for a taken port, an unreachable database or LiteLLM's death, for some time."""
    (prevented,) = _settings("RestartPreventExitStatus")

    assert _settings("Restart") == ["on-failure"]
    assert _settings("StartLimitIntervalSec") == ["0"]
    assert {int(status) for status in prevented.split()} == {PROBLEMS, USAGE}
    assert COULD_NOT_RUN not in (PROBLEMS, USAGE)


def test_a_reload_is_the_commands_own_and_may_write_the_config():
    """The service itself may not write it, because /etc is read-only for it."""
    (reload,) = _settings("ExecReload")
    program, *arguments = reload.split()

    assert program.startswith("+/")
    assert arguments == ["reload"]


def test_a_reload_may_take_as_long_as_litellms_start():
    (seconds,) = _settings("TimeoutStartSec")

    assert int(seconds) > START_SECONDS


def test_the_page_on_deploying_says_where_the_service_keeps_its_files():
    deployment = (REPOSITORY / "docs" / "deploy.md").read_text()
    told = dict(re.findall(r"(POINTSMAN_\w+)=(\S+)", deployment))
    settings = dict(setting.split("=", 1) for setting in _settings("Environment"))

    assert told
    assert told == {name: settings[name].replace("%S", "/var/lib") for name in told}


def test_a_reload_finds_the_serve_that_runs():
    assert "POINTSMAN_STATE_DIR=%S/pointsman" in _settings("Environment")
