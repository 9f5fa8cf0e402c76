"""Runs the command on a pseudo-terminal, reads prompts and types answers."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.patience import SECONDS
from tests.running import BIN, clean_environment


class Terminal:
    """One run of the command; ``seen`` has all output on the terminal."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process = process
        self.seen = ""
        self._descriptor = descriptor
        self._read_to = 0

    def expect(self, text: str) -> None:
        """Waits until ``text`` appears after the previously expected text."""
        while text not in self.seen[self._read_to :]:
            if not self._more():
                raise AssertionError(f"{text!r} did not come; seen: {self.seen!r}")
        self._read_to = self.seen.index(text, self._read_to) + len(text)

    def type(self, text: str) -> None:
        """Types a line."""
        os.write(self._descriptor, f"{text}\n".encode())

    def interrupt(self) -> None:
        """Presses Ctrl-C until the command reacts; between prompt and read, it has no effect before the read returns.

        Does not wait until the process ends, because another Ctrl-C during its exit would kill it.
        """
        for _ in range(SECONDS // 5):
            self.process.send_signal(signal.SIGINT)
            if select.select([self._descriptor], [], [], 5)[0]:
                return

    def end(self) -> int:
        """Waits for the end, and returns the exit code."""
        while self._more():
            pass
        return self.process.wait(SECONDS)

    def _more(self) -> bool:
        if not select.select([self._descriptor], [], [], SECONDS)[0]:
            raise AssertionError(f"nothing more came; seen: {self.seen!r}")
        try:
            data = os.read(self._descriptor, 65_536)
        except OSError:  # EIO: the last process has closed its side
            return False
        self.seen += data.decode().replace("\r\n", "\n")
        return bool(data)


@contextlib.contextmanager
def terminal(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """Runs the command in ``folder`` on a terminal."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [str(BIN / "pointsman"), *arguments],
        cwd=folder, env={**clean_environment(), "NO_COLOR": "1", **(env or {})},
        stdin=its, stdout=its, stderr=its, start_new_session=True,
    )  # fmt: skip
    os.close(its)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
