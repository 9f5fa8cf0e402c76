"""The socket between ``serve`` and ``reload``, without LiteLLM."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from pointsman.console.refusal import RefusalError
from pointsman.serve import control
from pointsman.serve.launch import Launch

LAUNCH = Launch(
    registry="providers.toml", config="litellm_config.yaml", url="http://127.0.0.1:4000", host="127.0.0.1", port=4000,
    workers=1, shared_metrics=False, wanted_workers=None, simulated=False,
    environ={"HUGE": "x" * 200_000}, env={"KEY": "canary"},
)  # fmt: skip


async def _nothing(_launch: Launch) -> None:
    pass


def _listening(path: Path, replacing: Callable[[Launch], Awaitable[None]], test: Callable[[], Awaitable[None]]) -> None:
    async def both() -> None:
        async with control.listening(path, lambda: LAUNCH, replacing):
            await test()

    asyncio.run(both())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "serve.sock"


def test_what_runs_and_what_shall_run_arrive_whole(path: Path):
    asked: list[Launch] = []

    async def replacing(launch: Launch) -> None:
        asked.append(launch)

    async def test() -> None:
        assert await asyncio.to_thread(control.running, path) == LAUNCH
        await asyncio.to_thread(control.replace, path, replace(LAUNCH, workers=3))

    _listening(path, replacing, test)

    assert asked == [replace(LAUNCH, workers=3)]
    assert not path.exists()


def test_a_replacement_whose_asker_leaves_is_cancelled(path: Path):
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def replacing(_launch: Launch) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def test() -> None:
        _, writer = await asyncio.open_unix_connection(path)
        writer.write(json.dumps(asdict(LAUNCH)).encode() + b"\n")
        await begun.wait()
        writer.close()
        async with asyncio.timeout(60):
            await cancelled.wait()
        assert (await asyncio.to_thread(control.running, path)).workers == 1

    _listening(path, replacing, test)


def test_whoever_waits_when_serve_stops_is_told_so(path: Path):
    begun = asyncio.Event()

    async def replacing(_launch: Launch) -> None:
        begun.set()
        await asyncio.Event().wait()

    async def test() -> None:
        async with control.listening(path, lambda: LAUNCH, replacing):
            asking = asyncio.create_task(asyncio.to_thread(control.replace, path, LAUNCH))
            await begun.wait()
        with pytest.raises(RefusalError, match="has stopped meanwhile"):
            await asking

    asyncio.run(test())


def test_a_serve_of_another_release_is_told_as_that(path: Path):
    async def test() -> None:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b'{"registry": "providers.toml", "colour": "blue"}\n')
        told = json.loads(await reader.read())
        assert told == {"trouble": ["`pointsman serve` and `reload` are of two releases", "restart `serve`"]}
        writer.close()

    _listening(path, _nothing, test)


def test_the_first_of_two_serves_keeps_the_socket(path: Path, capsys: pytest.CaptureFixture[str]):
    async def test() -> None:
        async with control.listening(path, lambda: replace(LAUNCH, workers=2), _nothing):
            pass
        assert (await asyncio.to_thread(control.running, path)).workers == 1

    _listening(path, _nothing, test)

    said = capsys.readouterr().err
    assert f"`pointsman reload` will not work ({path}: another `serve` has this state directory" in said


def test_a_socket_that_a_killed_serve_has_left_is_taken_over(path: Path):
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))

    async def test() -> None:
        assert (await asyncio.to_thread(control.running, path)) == LAUNCH

    _listening(path, _nothing, test)


def test_a_path_too_long_for_a_socket_is_told_by_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / ("long" * 30) / "serve.sock"

    async def test() -> None:
        with pytest.raises(RefusalError, match="AF_UNIX path too long"):
            control.running(path)

    _listening(path, _nothing, test)

    assert "`pointsman reload` will not work" in capsys.readouterr().err
