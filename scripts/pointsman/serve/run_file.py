"""``serve.json`` in the state directory: describes the running ``serve``, which locks the file until it ends.

Other commands find the running proxy through it, and ``reload`` the process to signal. It contains no keys except the
simulated ones of ``serve --simulate``.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pointsman.console import report
from pointsman.console.refusal import RefusalError, reason

FILE = "serve.json"

_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A running ``serve``."""

    pid: int
    born: str
    """The process's start time in kernel ticks, because another process may get the same id later."""
    registry: str
    """The absolute path of the registry."""
    url: str
    """The URL under which this machine reaches it."""
    host: str
    port: int
    """The registry's port when ``serve`` started; ``serve`` keeps it until it ends."""
    simulated: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The variables that point to the simulated providers; empty without ``--simulate``."""


def this_process(**rest: Any) -> Running:
    """Returns the ``Running`` of the calling process."""
    return Running(pid=os.getpid(), born=_born(os.getpid()), **rest)


@contextlib.contextmanager
def announced(directory: Path, running: Running) -> Iterator[None]:
    """Keeps ``running`` in the state directory until the block ends.

    If the file cannot be written, it prints one message, and ``serve`` runs but cannot be reloaded.
    """
    try:
        descriptor = _locked(directory)
    except OSError as error:
        taken = "another `serve` uses this state directory; POINTSMAN_STATE_DIR sets one"
        why = taken if isinstance(error, BlockingIOError) else reason(error)
        report.say(f"warning: `pointsman reload` will not work: {directory / FILE}: {why}")
        yield
        return
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps(asdict(running)).encode())
        yield
    finally:
        os.ftruncate(descriptor, 0)
        os.close(descriptor)


def _locked(directory: Path) -> int:
    """Opens and locks the file; returns its descriptor, which child processes do not inherit."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(directory / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _lock(descriptor: int) -> None:
    """Locks the file; tries for a second, because ``find`` holds a shared lock for a moment."""
    for _ in range(_TRIES - 1):
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(1 / _TRIES)
    return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def find(directory: Path) -> Running | None:
    """Returns the ``serve`` that runs with this state directory; None if none does.

    Raises:
        RefusalError: this user may not read the file, or another release wrote it.
    """
    path = directory / FILE
    try:
        with path.open("rb") as file:
            if not _is_locked(file.fileno()):
                return None
            text, owner = file.read(), os.fstat(file.fileno()).st_uid
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RefusalError(f"{path}: {reason(error)}", "run the command as the user of `serve`, or as root") from None
    return _read(path, text, owner) if text else None


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _read(path: Path, text: bytes, owner: int) -> Running:
    """Parses the file, and checks that its process is the one that wrote it and belongs to the file's owner.

    Otherwise, anyone who can write the file could make root signal any process.
    """
    try:
        running = Running(**json.loads(text))
    except (ValueError, TypeError):
        raise RefusalError(f"{path}: written by another release of pointsman", "restart `serve`") from None
    with contextlib.suppress(OSError):
        if Path(f"/proc/{running.pid}").stat().st_uid == owner and _born(running.pid) == running.born:
            return running
    raise RefusalError(
        f"{path}: the `serve` in it is not process {running.pid} here", "run the command where `serve` runs"
    )


def _born(pid: int) -> str:
    # The second field is the program's name in parentheses, and can contain any characters; field 22 is the start time.
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
