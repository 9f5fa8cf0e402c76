"""On a full or read-only disk, commands report it and keep files intact; the proxy keeps serving and loses no row."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pointsman.simulator import Simulator
from tests.conftest import REGISTRY
from tests.faults.conftest import config_in
from tests.faults.disk import Disk, disk
from tests.observability.audit.recorded import Recorded
from tests.patience import SECONDS, eventually
from tests.running import BIN, clean_environment, free_port, litellm, running

KEY = "sk-kimi-" + "k" * 64
CALL = {"model": "openai/gpt-4o-mini", "messages": [{"role": "user", "content": "Reply PONG"}]}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Disk]:
    """A disk with the tests' registry, its config and a key on it."""
    with disk(tmp_path / "disk", "256k") as made:
        shutil.copy(REGISTRY, made.path / "providers.toml")
        (made.path / ".env").write_text("KIMI_API_KEY=old\n")
        assert _pointsman(made, "render").returncode == 0
        yield made


def _pointsman(on: Disk, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "pointsman", *arguments],
        cwd=on.path, env=clean_environment(), input=stdin, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip


FULL = "no space left on device"
READ_ONLY = "read-only file system"
WRITERS = [(("render",), "litellm_config.yaml"), (("keys", "set", "kimi"), ".env")]


@pytest.mark.parametrize("problem", [FULL, READ_ONLY])
@pytest.mark.parametrize(("command", "file"), WRITERS, ids=["render", "keys set"])
def test_a_command_that_cannot_write_says_so_and_changes_nothing(
    small: Disk, command: tuple[str, ...], file: str, problem: str
):
    (small.path / "providers.toml").write_text((small.path / "providers.toml").read_text().replace("3200", "3201"))
    if problem == FULL:
        small.fill()
    else:
        small.writable(False)
    before = {path.name: path.read_bytes() for path in small.path.iterdir()}

    done = _pointsman(small, *command, stdin=KEY)

    assert done.returncode == 3
    assert done.stderr.splitlines()[0] == f"{file}: {problem}"
    assert "Traceback" not in done.stderr
    assert KEY not in done.stderr
    assert {path.name: path.read_bytes() for path in small.path.iterdir()} == before


def _calls(recorded: Recorded, count: int) -> set[str]:
    """Makes calls, asserts that all succeed, and returns their ids."""
    answers = [recorded.post("/v1/chat/completions", CALL) for _ in range(count)]
    assert [answer.status_code for answer in answers] == [200] * count
    return {answer.headers["x-litellm-call-id"] for answer in answers}


def _rows(recorded: Recorded) -> list[str]:
    return [row["call_id"] for row in recorded.rows()]


@pytest.mark.proxy
def test_while_disks_are_full_calls_are_served_and_their_rows_come_afterwards(tmp_path: Path, upstreams: Simulator):
    with disk(tmp_path / "state", "1m") as state, disk(tmp_path / "logs", "1m") as logs:
        env = {**upstreams.environ(), "POINTSMAN_STATE_DIR": str(state.path)}
        with litellm(config_in(tmp_path), env, logs.path / "proxy.log") as proxy:
            recorded = Recorded(proxy=proxy, state=state.path)
            calls = _calls(recorded, 3)
            eventually(lambda: len(_rows(recorded)) == 3)
            state.fill()

            calls |= _calls(recorded, 30)

            eventually(lambda: "rows wait in" in proxy.log())
            assert len(_rows(recorded)) < 33
            logs.fill()
            calls |= _calls(recorded, 3)
            logs.empty()
            state.empty()
            calls |= _calls(recorded, 1)
            eventually(lambda: len(_rows(recorded)) >= 37)
            assert sorted(_rows(recorded)) == sorted(calls)


@pytest.mark.proxy
def test_while_the_disk_of_the_log_is_full_the_proxy_is_reloaded(tmp_path: Path):
    (tmp_path / "providers.toml").write_text(REGISTRY.read_text())
    port = free_port()
    serve = [str(BIN / "pointsman"), "serve", "--port", str(port)]
    with disk(tmp_path / "logs", "1m") as logs:
        url, log = f"http://127.0.0.1:{port}", logs.path / "serve.log"
        command = ["sh", "-c", f'exec "$@" >>{log} 2>&1', "sh", *serve]
        with running(command, clean_environment(), url, tmp_path / "log", cwd=tmp_path) as proxy:
            logs.fill()
            with log.open("ab", buffering=0) as rest, contextlib.suppress(OSError):
                while True:
                    rest.write(b"\n")

            done = subprocess.run(
                [BIN / "pointsman", "reload"],
                cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, timeout=SECONDS, check=False,
            )  # fmt: skip

            assert done.returncode == 0, done.stderr
            with proxy.client() as client:
                assert client.get("/health/liveliness").status_code == 200


@pytest.mark.proxy
def test_while_the_state_directory_is_read_only_calls_are_served_and_their_rows_come_afterwards(
    tmp_path: Path, upstreams: Simulator
):
    with disk(tmp_path / "state", "1m") as state:
        state.writable(False)
        env = {**upstreams.environ(), "POINTSMAN_STATE_DIR": str(state.path)}
        with litellm(config_in(tmp_path), env, tmp_path / "proxy.log") as proxy:
            recorded = Recorded(proxy=proxy, state=state.path)

            calls = _calls(recorded, 10)

            assert f"no spool in {state.path}" in proxy.log()
            state.writable(True)
            eventually(lambda: len(_rows(recorded)) >= 10)
            assert sorted(_rows(recorded)) == sorted(calls)
