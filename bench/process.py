"""A server under measurement: started, asked until it answers, weighed and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench import load
from bench.load import Ask, LoadError

_PATIENCE = 120.0


class Server:
    """A process with its children."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        """Starts ``command`` in ``folder``; what it prints goes into ``log`` there."""
        self._log = folder / "log"
        self._began = time.perf_counter()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603 -- ours

    def first_answer(self, ask: Ask, patience: float = _PATIENCE) -> float:
        """Seconds from the start to the first good answer.

        Raises:
            LoadError: it ended, or does not answer for minutes; its last words are in the message.
        """
        last: Exception | None = None
        while time.perf_counter() - self._began < patience and self._process.poll() is None:
            try:
                asyncio.run(load.run(ask, concurrency=1, requests=1))
                return time.perf_counter() - self._began
            except (OSError, LoadError) as error:
                last = error
            time.sleep(0.02)
        raise LoadError(f"{last}; the end of {self._log}: {self._log.read_text(errors='replace')[-2000:]}")

    def cpu(self) -> float:
        """CPU seconds so far, to the nanosecond."""
        # The clock of a process, as clock_getcpuclockid(3) makes it on Linux.
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self._pids())

    def memory(self) -> float:
        """Resident megabytes; what children share with the parent counts once for each."""
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
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
