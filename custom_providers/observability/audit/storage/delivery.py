"""The thread that moves rows from the spool to the database and retries until they are stored."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import orjson

from custom_providers.observability.audit.record import CallRecord, Row, from_line, to_line
from custom_providers.observability.audit.storage.sink import RowRefusedError, Sink, SinkDownError
from custom_providers.observability.audit.storage.spool import Spool, SpoolReader, abandoned

REFUSED = "refused.jsonl"
"""In the spool's folder: rows that the database rejects."""

_GATHERING = 0.1
"""Seconds from the first row of a batch to its delivery."""
_PATIENCE = (0.5, 30.0)
"""Seconds between attempts while the database is down: at first, and at most."""
_LOOKING_AROUND = 60.0
"""Seconds between searches for the spools of dead processes."""
_AT_EXIT = 5.0
"""Seconds that shutdown waits for the last rows."""
_IN_MEMORY = 10_000
"""Rows kept in memory while the spool cannot be written. Further ones are lost, and counted in the log."""
_BATCH = 500
_COMPLAINTS = 60.0
"""Seconds between log lines about lost rows."""

_T = TypeVar("_T")

_log = logging.getLogger("pointsman")


class _EndingError(Exception):
    """The process ends."""


class Delivery:
    """Takes records from any thread without waiting; its own thread stores them."""

    def __init__(self, directory: Path, sink: Sink) -> None:
        self._directory = directory
        self._sink = sink
        self._spool = _opened(directory)
        self._in_memory: deque[Row] = deque()
        self._lost = 0
        self._complained = -_COMPLAINTS
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pointsman-audit", daemon=True)

    def start(self) -> None:
        """Starts the thread, which first delivers the rows of earlier processes."""
        self._thread.start()

    def put(self, record: CallRecord, *, final: bool) -> None:
        """Accepts a row without waiting or failing. Rows of one call replace each other until one is final."""
        line = to_line(record, final=final)
        problem = self._append(record.id, line, final=final)
        if final:
            if problem:
                self._keep_in_memory(line, problem)
            self._news.set()

    def stop(self) -> None:
        """Delivers the remaining rows if the database is up; otherwise the next process finds them in the spool."""
        self._stopping.set()
        self._news.set()
        self._thread.join(_AT_EXIT)

    def _append(self, row_id: str, line: bytes, *, final: bool) -> str:
        """Why the line is not in the spool; empty when it is."""
        if self._spool is None:
            return "it could not be created"
        try:
            self._spool.append(row_id, line, final=final)
        except OSError as error:
            return str(error)
        return ""

    def _keep_in_memory(self, line: bytes, problem: str) -> None:
        if len(self._in_memory) < _IN_MEMORY:
            self._in_memory.append(from_line(line)[0])
        else:
            self._lost += 1
        if time.monotonic() - self._complained > _COMPLAINTS:
            self._complained = time.monotonic()
            _log.error(
                "pointsman: audit: no spool in %s: %s; %d rows are in memory, %d are lost",
                *(self._directory, problem, len(self._in_memory), self._lost),
            )

    def _run(self) -> None:
        looked = -_LOOKING_AROUND
        with contextlib.suppress(_EndingError):
            while not self._stopping.is_set():
                if time.monotonic() - looked >= _LOOKING_AROUND:
                    self._adopt()
                    looked = time.monotonic()
                self._news.wait(_LOOKING_AROUND)
                self._news.clear()
                self._stopping.wait(_GATHERING)
                self._deliver_own()
            self._deliver_own()
            self._finish()
        if self._in_memory:
            _log.error("pointsman: audit: %d rows were in memory only and are lost", len(self._in_memory))
        self._sink.close()

    def _deliver_own(self) -> None:
        while rows := [self._in_memory[index] for index in range(min(_BATCH, len(self._in_memory)))]:
            self._store(rows)
            for _ in rows:
                self._in_memory.popleft()
        if self._spool is None:
            return
        while rows := self._persistently(self._spool.read):
            self._store(rows)
        self._try_to_tidy(self._spool)

    def _finish(self) -> None:
        """Removes the spool once it is empty; otherwise it stays, and is unlocked when the process ends."""
        if self._spool is not None:
            self._store(self._spool.unfinished())
            self._persistently(self._spool.remove)

    def _try_to_tidy(self, spool: Spool) -> None:
        try:
            spool.forget_read()
        except OSError as error:
            _log.warning("pointsman: audit: %s cannot be shortened: %s", spool.path, error)

    def _adopt(self) -> None:
        """Delivers the rows of dead processes."""
        try:
            for path, reader in abandoned(self._directory):
                self._take_over(path, reader)
        except OSError as error:
            _log.error("pointsman: audit: %s: %s", self._directory, error)

    def _take_over(self, path: Path, reader: SpoolReader) -> None:
        """Delivers one spool; a file that cannot be read or removed does not block the others."""
        try:
            while rows := reader.read():
                self._store(rows)
            self._store(list(reader.unfinished.values()))
            path.unlink(missing_ok=True)
        except OSError as error:
            _log.error("pointsman: audit: %s: %s", path, error)
        if reader.unreadable:
            _log.error("pointsman: audit: %s: %d lines were not rows", path, reader.unreadable)

    def _store(self, rows: Sequence[Row]) -> None:
        """Stores the rows; see ``_persistently``."""
        if rows:
            self._persistently(functools.partial(self._store_or_refuse, rows))

    def _persistently(self, step: Callable[[], _T]) -> _T:
        """Retries ``step`` until the database and the disk allow it, and returns its result.

        Raises:
            _EndingError: the process ends before.
        """
        patience, down = _PATIENCE[0], False
        while True:
            try:
                done = step()
            except (SinkDownError, OSError) as error:
                if not down:
                    _log.error("pointsman: audit: rows wait in %s: %s", self._directory, error)
                down = True
                if self._stopping.wait(patience):
                    raise _EndingError from None
                patience = min(patience * 2, _PATIENCE[1])
            else:
                if down:
                    _log.info("pointsman: audit: rows are stored again")
                return done

    def _store_or_refuse(self, rows: Sequence[Row]) -> None:
        """Stores the rows; those that the database will never accept go to a file and do not block the rest."""
        try:
            self._sink.store(rows)
        except RowRefusedError as error:
            if len(rows) == 1:
                self._set_aside(rows[0], error)
                return
            for row in rows:
                self._store_or_refuse([row])

    def _set_aside(self, row: Row, error: RowRefusedError) -> None:
        path = self._directory / REFUSED
        _log.error("pointsman: audit: the database refused a row; it is kept in %s: %s", path, error)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                os.write(handle, orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            finally:
                os.close(handle)
        except OSError as failed:
            raise SinkDownError(f"{path}: {failed}") from error


def _opened(directory: Path) -> Spool | None:
    try:
        return Spool(directory)
    except OSError as error:
        _log.error("pointsman: audit: no spool in %s (%s): rows are kept in memory only", directory, error)
        return None
