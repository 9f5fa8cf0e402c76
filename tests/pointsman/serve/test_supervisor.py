"""The supervisor with a stand-in for LiteLLM that starts instantly and misbehaves on demand."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from pointsman.console import report
from pointsman.console.refusal import RefusalError
from pointsman.serve import supervisor
from pointsman.serve.launch import Launch
from pointsman.serve.supervisor import Supervisor
from tests.patience import SECONDS, whole_lines

STAND_IN = """
import os, pathlib, socket, sys, time

listener, channel, config, _ = sys.argv[1:]
channel, config = socket.socket(fileno=int(channel)), pathlib.Path(config)
behaviour = config.read_text()
with config.with_suffix(".pids").open("a") as pids:
    print(os.getpid(), file=pids)
if behaviour == "does not come up":
    sys.exit(1)
if behaviour == "dies while the other starts":
    first = config.with_suffix(".first")
    try:
        first.symlink_to(str(os.getpid()))
    except FileExistsError:
        while pathlib.Path("/proc", os.readlink(first)).exists():
            time.sleep(0.01)
    else:
        channel.send(b"r")
        sys.exit(1)
if behaviour == "is slow":
    time.sleep(3600)
channel.send(b"r")
while (told := channel.recv(1)) and behaviour == "hangs":
    pass
if told:
    channel.send(told)
"""


class Stage:
    """The folder of the stand-ins, and the records of those that were started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reloads = threading.Semaphore(0)
        package = folder / "pointsman" / "serve"
        package.mkdir(parents=True)
        (folder / "pointsman" / "__init__.py").touch()
        (package / "__init__.py").touch()
        (package / "proxy_process.py").write_text(STAND_IN)

    def launch(self, behaviour: str, workers: int = 1) -> Launch:
        """Launch parameters for stand-ins with this behaviour."""
        config = self.folder / f"{behaviour}.yaml"
        config.write_text(behaviour)
        return Launch(config=str(config), workers=workers, shared_metrics=False, env={"PYTHONPATH": str(self.folder)})

    @staticmethod
    def behave(launch: Launch, behaviour: str) -> None:
        """Sets the behaviour of stand-ins started from now on."""
        Path(launch.config).write_text(behaviour)

    @staticmethod
    def started(launch: Launch) -> list[int]:
        """The process ids, including those of ended processes."""
        return [int(line) for line in whole_lines(Path(launch.config).with_suffix(".pids"))]

    def alive(self, launch: Launch) -> list[int]:
        """The ids of processes that still run."""
        return [process for process in self.started(launch) if Path(f"/proc/{process}").exists()]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as bound:
        yield bound


@contextlib.asynccontextmanager
async def _running(
    stage: Stage, listener: socket.socket, launch: Launch
) -> AsyncIterator[tuple[Supervisor, asyncio.Task[None]]]:
    supervising = Supervisor(
        listener, launch, "metrics", ready=lambda: report.say("LiteLLM process is ready"), reload=stage.reloads.release
    )
    serving = asyncio.create_task(supervising.run())
    await _until(lambda: bool(stage.alive(launch)))
    try:
        yield supervising, serving
    finally:
        if not serving.done():
            os.kill(os.getpid(), signal.SIGTERM)
            await serving
        await supervising.end()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 -- processes send no event
            await asyncio.sleep(0.02)


def _starts(capsys: pytest.CaptureFixture[str]) -> Callable[[], int]:
    """Returns a function that counts the messages that LiteLLM serves."""
    heard: list[str] = []

    def starts() -> int:
        heard.append(capsys.readouterr().err)
        return "".join(heard).count("LiteLLM process is ready")

    return starts


def test_a_successor_that_does_not_come_up_is_tried_again_and_the_others_serve_on(
    stage: Stage, listener: socket.socket, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(supervisor, "PAUSE_SECONDS", 0.1)
    launch, starts = stage.launch("serves", workers=2), _starts(capsys)

    async def test() -> None:
        async with _running(stage, listener, launch) as (_, serving):
            await _until(lambda: starts() == 1)
            dies, stays = stage.alive(launch)
            stage.behave(launch, "does not come up")
            os.kill(dies, signal.SIGKILL)
            await _until(lambda: len(stage.started(launch)) >= 5)
            assert stays in stage.alive(launch)
            stage.behave(launch, "serves")
            await _until(lambda: starts() == 2)
            assert stays in stage.alive(launch)
            assert len(stage.alive(launch)) == 2
            assert not serving.done()

    asyncio.run(test())


def test_when_the_last_process_has_no_successor_it_is_over(
    stage: Stage, listener: socket.socket, capsys: pytest.CaptureFixture[str]
):
    launch, starts = stage.launch("serves"), _starts(capsys)

    async def test() -> None:
        async with _running(stage, listener, launch) as (_, serving):
            await _until(lambda: starts() == 1)
            stage.behave(launch, "does not come up")
            os.kill(stage.alive(launch)[0], signal.SIGKILL)
            with pytest.raises(RefusalError, match="LiteLLM did not start"):
                await serving

    asyncio.run(test())


def test_one_that_dies_while_others_start_is_a_failed_start(stage: Stage, listener: socket.socket):
    launch, next_one = stage.launch("serves"), stage.launch("dies while the other starts", workers=2)

    async def test() -> None:
        async with _running(stage, listener, launch) as (supervising, _):
            with pytest.raises(RefusalError, match="LiteLLM did not start"):
                await supervising.replace(next_one)
            assert supervising.launch is launch
            await _until(lambda: not stage.alive(next_one))

    asyncio.run(test())


def test_one_that_hangs_does_not_hold_up_its_replacement(
    stage: Stage, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(supervisor, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(supervisor, "DRAIN_SECONDS", 0.1)
    launch, next_one = stage.launch("hangs"), stage.launch("serves")

    async def test() -> None:
        async with _running(stage, listener, launch) as (supervising, _):
            await supervising.replace(next_one)
            assert supervising.launch is next_one
            await _until(lambda: not stage.alive(launch))

    asyncio.run(test())


def test_a_replacement_that_is_cancelled_leaves_what_serves(stage: Stage, listener: socket.socket):
    launch, next_one = stage.launch("serves"), stage.launch("is slow", workers=2)

    async def test() -> None:
        async with _running(stage, listener, launch) as (supervising, _):
            replacing = asyncio.create_task(supervising.replace(next_one))
            await _until(lambda: len(stage.alive(next_one)) == 2)
            replacing.cancel()
            await _until(lambda: not stage.alive(next_one))
            assert len(stage.alive(launch)) == 1
            assert supervising.launch is launch

    asyncio.run(test())


def test_nothing_that_was_starting_outlives_the_end(stage: Stage, listener: socket.socket):
    launch, next_one = stage.launch("serves"), stage.launch("is slow", workers=2)

    async def test() -> None:
        async with _running(stage, listener, launch) as (supervising, _):
            replacing = asyncio.create_task(supervising.replace(next_one))
            await _until(lambda: bool(stage.alive(next_one)))
        with pytest.raises(RefusalError):
            await replacing
        assert not stage.alive(launch)
        await _until(lambda: not stage.alive(next_one))

    asyncio.run(test())


def test_a_hangup_asks_for_a_reload_where_there_is_no_terminal(
    stage: Stage, listener: socket.socket, capsys: pytest.CaptureFixture[str]
):
    launch, starts = stage.launch("serves"), _starts(capsys)

    async def test() -> None:
        async with _running(stage, listener, launch) as (supervising, serving):
            await _until(lambda: starts() == 1)
            supervising._ends_with_terminal = False
            os.kill(os.getpid(), signal.SIGHUP)
            await _until(lambda: stage.reloads.acquire(blocking=False))
            assert not serving.done()

    asyncio.run(test())
