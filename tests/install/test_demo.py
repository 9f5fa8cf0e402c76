"""The demo from the installed wheel, in an empty folder: no clone, no keys, no network."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.install.installing import install, run
from tests.patience import SECONDS, eventually
from tests.pointsman.serve.examples import commands
from tests.running import Proxy, clean_environment, free_port, running

pytestmark = pytest.mark.proxy


@dataclass(frozen=True, kw_only=True)
class Demo:
    """``pointsman serve --simulate`` from the wheel, in an initially empty folder."""

    proxy: Proxy
    folder: Path
    program: str

    def pointsman(self, *arguments: str) -> str:
        """Runs another command there; returns its output."""
        return run(self.program, *arguments, cwd=self.folder)


@pytest.fixture(scope="module")
def demo(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    program = str(install(wheel, tmp_path_factory.mktemp("installed")) / "bin/pointsman")
    folder = tmp_path_factory.mktemp("empty")
    port = free_port()
    log = tmp_path_factory.mktemp("log") / "serve.log"
    command = [program, "serve", "--simulate", "--port", str(port)]
    with running(command, clean_environment(), f"http://127.0.0.1:{port}", log, cwd=folder) as proxy:
        eventually(lambda: f"\n{proxy.url}\n" in proxy.log())
        yield Demo(proxy=proxy, folder=folder, program=program)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "--live"], "verified"),
        (["usage"], "kimi"),
        (["models", "--live", "--provider", "openai"], "openai"),
        (["route", "kimi/k3"], "kimi/k3"),
        (["connect", "curl"], "curl "),
        (["dashboard", "--no-open"], "/pointsman/"),
        (["smoke"], "kimi/kimi-for-coding answers"),
    ],
)
def test_the_other_commands_follow_it(demo: Demo, arguments: list[str], says: str):
    assert says in demo.pointsman(*arguments)


def test_each_request_that_it_prints_is_answered_and_logged(demo: Demo):
    export, *requests = commands(demo.proxy.log())
    before = demo.proxy.log().count(" 200 ")

    answers = [_sh(f"{export}\n{request} --fail-with-body") for request in requests]

    assert '"kimi/kimi-for-coding"' in answers[0]
    assert "Hello" in answers[1]
    assert "data: [DONE]" in answers[2]
    eventually(lambda: demo.proxy.log().count(" 200 ") == before + 2)
    assert "gpt-oss:120b" in demo.pointsman("audit")


def test_what_it_writes_is_in_the_folder(demo: Demo):
    assert {path.name for path in demo.folder.iterdir()} == {
        ".env", ".pointsman", "litellm_config.yaml", "providers.toml",
    }  # fmt: skip


def _sh(script: str) -> str:
    done = subprocess.run(
        ["sh", "-c", script], cwd="/", env=clean_environment(), capture_output=True, text=True, timeout=SECONDS,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
