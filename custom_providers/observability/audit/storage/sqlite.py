"""Rows in a SQLite file, which needs no server and allows several processes."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from custom_providers.observability.audit.record import TABLE, Row
from custom_providers.observability.audit.storage import sink
from custom_providers.observability.audit.storage.sink import RowRefusedError, SinkDownError

TYPES = {"text": "TEXT", "instant": "TEXT", "flag": "INTEGER", "whole": "INTEGER", "number": "REAL", "json": "TEXT"}

_COVERING = ", provider, upstream_model, outcome, duration_seconds, prompt_tokens, completion_tokens, cost"
"""All that ``sums.overview`` adds up: 100,000 calls take a third of the time that their rows do."""

_BUSY_SECONDS = 10
"""How long to wait for another process's transaction."""


class SqliteSink:
    """Opens the file when the first rows arrive, and again if it has been moved away."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._file: os.stat_result | None = None

    def store(self, rows: Sequence[Row]) -> None:
        try:
            connection = self._opened()
            with connection:
                connection.executemany(sink.insert("?"), [sink.values(row) for row in rows])
        except (sqlite3.ProgrammingError, sqlite3.InterfaceError, ValueError, TypeError, OverflowError) as error:
            raise RowRefusedError(str(error)) from error
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise SinkDownError(f"{self._path}: {error}") from error

    def close(self) -> None:
        sink.close(self._connection, sqlite3.Error)
        self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None and not self._moved():
            return self._connection
        self.close()
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite's -wal and -shm files get the same mode.
        self._path.touch(mode=0o600)
        self._connection = connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        with connection:
            connection.execute(sink.create(TYPES))
            present = frozenset(name for _, name, *_ in connection.execute(f"PRAGMA table_info({TABLE})"))
            for statement in (*sink.additions(present, TYPES), *sink.indexes(_COVERING).values()):
                connection.execute(statement)
        self._file = self._path.stat()
        return connection

    def _moved(self) -> bool:
        try:
            now = self._path.stat()
        except FileNotFoundError:
            return True
        return self._file is None or not os.path.samestat(now, self._file)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switches to the write-ahead log; SQLite does not wait for other processes' locks in this statement."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
