"""``serve.json`` in the state directory: the ``serve`` that runs there, which keeps the file locked until it ends.

Other commands find the running proxy through it, and ``reload`` learns which process to signal. It holds no key, except
the simulated ones of ``serve --simulate``.
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
    """One ``serve`` that runs."""

    pid: int
    born: str
    """When the kernel started the process, in its ticks: another process may get the same number later."""
    registry: str
    """The file, absolute."""
    url: str
    """Where this machine reaches it."""
    host: str
    port: int
    """What the registry said when it started; ``serve`` keeps to that."""
    simulated: Mapping[str, str] = field(default_factory=dict, repr=False)
    """With ``--simulate``: the variables that lead to the simulated providers; else empty."""


def this_process(**rest: Any) -> Running:
    """The entry of the calling process."""
    return Running(pid=os.getpid(), born=_born(os.getpid()), **rest)


@contextlib.contextmanager
def announced(directory: Path, running: Running) -> Iterator[None]:
    """Keeps ``running`` in the state directory until the block ends.

    Where that is not possible it says so once, and ``serve`` runs without: it cannot be reloaded.
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
    """A descriptor of the file, with its lock; children do not inherit it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(directory / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _lock(descriptor: int) -> None:
    """Tries for a second: ``find`` holds a shared lock for a moment."""
    for _ in range(_TRIES - 1):
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(1 / _TRIES)
    return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def find(directory: Path) -> Running | None:
    """The ``serve`` that runs with this state directory; None when there is none.

    Raises:
        RefusalError: this user may not look, or the file was written by another release.
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
    """The entry, when its process is the one that it names and belongs to the file's owner.

    Whoever can write the file could otherwise have root signal any process.
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
    # The second field is the program's name, in parentheses, with any characters in it; the 22nd is wanted.
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
