"""A server under test: starts it, polls it until it answers, reads its CPU and memory, stops it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

_PATIENCE = 120.0
_IDLE = 0.15
"""Fraction of one core below which a server counts as idle."""


class ServerError(RuntimeError):
    """It exited or does not answer; the message has the end of its output."""


class Server:
    """A process with its children."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        """Starts ``command`` in ``folder``; its output goes to ``log`` there."""
        self._log = folder / "log"
        self._began = time.perf_counter()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603 -- ours

    def first_answer(self, ask: Callable[[], object], patience: float = _PATIENCE) -> float:
        """Seconds from the start until ``ask`` succeeds.

        Raises:
            ServerError: it never does.
        """
        last: Exception | None = None
        while time.perf_counter() - self._began < patience and self._process.poll() is None:
            try:
                ask()
            except (OSError, RuntimeError) as error:
                last = error
                time.sleep(0.02)
            else:
                return time.perf_counter() - self._began
        raise ServerError(f"{last}; the end of {self._log}: {self._log.read_text(errors='replace')[-2000:]}")

    def settle(self, patience: float = 10.0) -> None:
        """Waits until background work of earlier requests is done."""
        until = time.perf_counter() + patience
        used = _IDLE
        while used >= _IDLE and time.perf_counter() < until:
            before = self.cpu()
            time.sleep(0.2)
            used = (self.cpu() - before) / 0.2

    def cpu(self) -> float:
        """CPU seconds so far, to the nanosecond."""
        # The clock of a process, as clock_getcpuclockid(3) makes it on Linux.
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self._pids())

    def memory(self) -> float:
        """Resident megabytes; memory shared with children counts once per process."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._pids())
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2

    def stop(self) -> None:
        """Ends the process and waits for it."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            for pid in (*self._pids(),):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait()

    def _pids(self) -> Iterator[int]:
        waiting = [self._process.pid]
        while waiting:
            pid = waiting.pop()
            yield pid
            with contextlib.suppress(OSError):
                tasks = Path(f"/proc/{pid}/task").glob("*/children")
                waiting += [int(child) for task in tasks for child in task.read_text().split()]


def free_port() -> int:
    """A port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
