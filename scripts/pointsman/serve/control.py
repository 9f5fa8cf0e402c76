"""How ``pointsman reload`` reaches the ``serve`` that runs: JSON to and fro, over a socket in the state directory."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from custom_providers.state import state_directory
from pointsman.console import report
from pointsman.console.refusal import RefusalError, reason
from pointsman.serve.launch import Launch

_Told = dict[str, Any]

_SOCKET = "serve.sock"
_SECONDS = 10.0
"""For an answer that takes no work."""

_LONGEST = 2**24
"""Bytes of a message; it holds two environments."""

_START = "start it with `pointsman serve`; under systemd, reload it with `systemctl reload pointsman`"


def address(env: Mapping[str, str]) -> Path:
    """The socket; a state directory has one ``serve`` that can be reloaded."""
    return state_directory(env) / _SOCKET


def running(path: Path) -> Launch:
    """What the ``serve`` behind this socket runs.

    Raises:
        RefusalError: there is none, or it hangs.
    """
    return _launch(_ask(path, None, _SECONDS)["launch"])


def replace(path: Path, launch: Launch) -> None:
    """Has it change over to ``launch``; returns when that serves.

    Raises:
        RefusalError: it did not come up, and the old one goes on.
    """
    if trouble := _ask(path, asdict(launch), None)["trouble"]:
        message, hint = trouble
        raise RefusalError(f"{message}; the one before goes on", hint)


def _ask(path: Path, message: Any, seconds: float | None) -> _Told:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(seconds)
            connection.connect(str(path))
            connection.sendall(json.dumps(message).encode() + b"\n")
            with connection.makefile("rb") as answer:
                text = answer.read()
    except OSError as error:
        raise _unreachable(path, error) from None
    if not text:
        raise RefusalError("the `pointsman serve` that runs here has stopped meanwhile", _START)
    told: _Told = json.loads(text)
    return told


def _unreachable(path: Path, error: OSError) -> RefusalError:
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return RefusalError(f"no `pointsman serve` runs here ({path})", _START)
    if isinstance(error, PermissionError):
        return RefusalError(f"{path}: `serve` runs as another user", "run `reload` as that user, or as root")
    return RefusalError(f"{path}: {reason(error)}", "set POINTSMAN_STATE_DIR to another folder, and restart `serve`")


Replace = Callable[[Launch], Awaitable[None]]


@contextlib.asynccontextmanager
async def listening(path: Path, current: Callable[[], Launch], replace: Replace) -> AsyncIterator[None]:
    """Answers ``running`` and ``replace`` of this module for as long as the block lasts.

    Whoever still waits for an answer then, or leaves before it, has what was begun for it cancelled. Where there can be
    no socket, it says so once, and that is all.
    """
    answering: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Nothing is what somebody says who only looks whether anybody is here.
        if message := await reader.readline():
            told = await _unless_it_leaves(reader, _answer(json.loads(message), current, replace))
            writer.write(json.dumps(told).encode())

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(answer(reader, writer))
        answering.add(task)
        task.add_done_callback(answering.discard)
        task.add_done_callback(lambda _task: writer.close())

    try:
        listener = _listener(path)
    except OSError as error:
        taken = "another `serve` has this state directory, and POINTSMAN_STATE_DIR sets one"
        why = taken if error.errno == errno.EADDRINUSE else reason(error)
        report.say(f"`pointsman reload` will not work ({path}: {why})")
        yield
        return
    server = await asyncio.start_unix_server(connected, sock=listener, limit=_LONGEST)
    try:
        yield
    finally:
        server.close()
        _remove(path)
        for task in answering:
            task.cancel()


async def _unless_it_leaves(reader: asyncio.StreamReader, work: Coroutine[None, None, _Told]) -> _Told:
    """What ``work`` returns.

    Raises:
        CancelledError: whoever asked has left before, and ``work`` is cancelled.
    """
    working = asyncio.create_task(work)
    left = asyncio.create_task(reader.read())
    left.add_done_callback(lambda _task: working.cancel())
    try:
        return await working
    finally:
        working.cancel()
        left.cancel()


async def _answer(message: Any, current: Callable[[], Launch], replace: Replace) -> _Told:
    if message is None:
        return {"launch": asdict(current())}
    try:
        await replace(_launch(message))
    except RefusalError as error:
        return {"trouble": (str(error), error.hint)}
    except OSError as error:
        return {"trouble": (f"no process can be started: {reason(error)}", "free memory")}
    return {"trouble": None}


def _launch(fields: Mapping[str, Any]) -> Launch:
    try:
        return Launch(**fields)
    except TypeError:
        raise RefusalError("`pointsman serve` and `reload` are of two releases", "restart `serve`") from None


def _listener(path: Path) -> socket.socket:
    """A socket that only this user may connect to."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        if not _answers(path):
            _remove(path)
        listener.bind(str(path))
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(before)
    return listener


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _answers(path: Path) -> bool:
    """Whether somebody listens there; a process that was killed leaves the file."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
