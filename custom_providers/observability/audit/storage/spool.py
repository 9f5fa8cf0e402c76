"""The spool: a file per process, to which every row is appended first. docs/audit.md explains why it is not SQLite.

A call's line is written again with more details until it is final. If a process dies, its file is unlocked; another
process finds it (``abandoned``) and delivers its rows, for unfinished calls the last line.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

from custom_providers.observability.audit.record import Row, from_line

MAX_BYTES = 1024**3
"""Per process. At 800 bytes a row, more than a million calls without a database."""
COMPACT_BYTES = 256 * 1024
_CHUNK = 256 * 1024
_SUFFIX = ".rows"
_NEW = ".new"


class SpoolFullError(OSError):
    """``MAX_BYTES`` are waiting for delivery."""


class SpoolReader:
    """Reads a spool from its beginning as it grows."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self.offset = 0
        self.unfinished: dict[str, Row] = {}
        """The last line of each call that has no final one yet."""
        self.unreadable = 0
        """The number of lines that were not rows."""

    def read(self) -> list[Row]:
        """The next final rows; empty at the end of the file, or of its complete lines."""
        found: list[Row] = []
        while not found:
            data = os.pread(self._handle, _CHUNK, self.offset)
            size = _CHUNK
            while b"\n" not in data and len(data) == size:
                size *= 2
                data = os.pread(self._handle, size, self.offset)
            complete = data[: data.rfind(b"\n") + 1]
            if not complete:
                break
            self.offset += len(complete)
            found = [row for line in complete.splitlines() if (row := self._final(line)) is not None]
        return found

    def _final(self, line: bytes) -> Row | None:
        try:
            row, final = from_line(line)
        except ValueError:
            self.unreadable += 1
            return None
        if not final:
            self.unfinished[str(row["id"])] = row
            return None
        self.unfinished.pop(str(row["id"]), None)
        return row


class Spool:
    """This process's file: any thread appends, one thread reads."""

    def __init__(self, directory: Path) -> None:
        """Creates the file.

        Raises:
            OSError: it cannot be created.
        """
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = directory / f"{os.getpid()}-{uuid.uuid4().hex[:12]}{_SUFFIX}"
        self._lock = threading.Lock()
        self._open_lines: dict[str, bytes] = {}
        self._size = 0
        self._handle = _create(self.path)
        self._reader = SpoolReader(self._handle)

    def append(self, row_id: str, line: bytes, *, final: bool) -> None:
        """Appends a whole line or nothing. Goes to the page cache: microseconds, no disk access.

        Raises:
            OSError: the disk is full, or so is the spool.
        """
        with self._lock:
            if self._size + len(line) > MAX_BYTES:
                raise SpoolFullError("the spool is full")
            _write(self._handle, line, at=self._size)
            self._size += len(line)
            if final:
                self._open_lines.pop(row_id, None)
            else:
                self._open_lines[row_id] = line

    def read(self) -> list[Row]:
        """The next final rows that have not been read."""
        return self._reader.read()

    def forget_read(self) -> None:
        """Drops what has been read, once it is stored elsewhere; lines of running calls stay.

        Raises:
            OSError: the disk is full; nothing has changed.
        """
        with self._lock:
            if self._reader.offset != self._size or not self._size:
                return
            if not self._open_lines:
                os.ftruncate(self._handle, 0)
                self._size = self._reader.offset = 0
            elif self._size > COMPACT_BYTES:
                self._rewrite()

    def unfinished(self) -> list[Row]:
        """The rows read so far of calls that have not ended."""
        return list(self._reader.unfinished.values())

    def remove(self) -> None:
        """Deletes the file once everything in it is stored and nothing more will be appended."""
        self.path.unlink(missing_ok=True)

    def _rewrite(self) -> None:
        kept = b"".join(self._open_lines.values())
        fresh = self.path.with_name(self.path.name + _NEW)
        handle = _create(fresh)
        try:
            _write(handle, kept, at=0)
            fresh.replace(self.path)
        except OSError:
            os.close(handle)
            fresh.unlink(missing_ok=True)
            raise
        os.close(self._handle)
        self._handle, self._size = handle, len(kept)
        self._reader = SpoolReader(handle)


def _write(handle: int, data: bytes, *, at: int) -> None:
    """Appends all of ``data`` at the file's end, byte ``at``, or nothing."""
    if os.write(handle, data) != len(data):
        os.ftruncate(handle, at)
        raise OSError("the disk is full")


def abandoned(directory: Path) -> Iterator[tuple[Path, SpoolReader]]:
    """The spools in ``directory`` whose processes are gone, each locked until the next iteration."""
    for path in sorted(directory.glob(f"*{_SUFFIX}*")):
        with contextlib.suppress(OSError), _locked(path) as handle:
            if os.fstat(handle).st_ino != path.stat().st_ino:
                continue
            if path.name.endswith(_NEW):
                path.unlink()
            else:
                yield path, SpoolReader(handle)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    """``path``, opened and locked.

    Raises:
        OSError: it is gone, or another process has it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield handle
    finally:
        os.close(handle)


def _create(path: Path) -> int:
    """A new file for appending, locked as long as this process has it open."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)  # another process took it for abandoned and removed it before it was locked
