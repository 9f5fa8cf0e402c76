"""The audit's table opened for reading, in SQLite or Postgres."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An open connection for reading."""

    run: Callable[[str, Sequence[object]], Iterator[tuple[Any, ...]]]
    """Runs one statement with ``?`` for each parameter."""
    minute: str
    """SQL for a row's time in UTC as "2026-11-21T09:30", or longer."""


@contextlib.contextmanager
def sqlite(path: Path) -> Iterator[Database]:
    """The rows in a SQLite file, for reading only.

    Raises:
        FileNotFoundError: there is no such file.
        sqlite3.Error: it cannot be read.
    """
    if not path.exists():
        raise FileNotFoundError(str(path))
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
        yield Database(run=connection.execute, minute="time")


@contextlib.contextmanager
def postgres(url: str) -> Iterator[Database]:
    """The rows in Postgres.

    Raises:
        psycopg.Error: it does not answer, or has no such table.
    """
    import psycopg

    from custom_providers.observability.audit.storage.postgres import libpq_url

    with psycopg.connect(libpq_url(url), autocommit=True, connect_timeout=10) as connection:
        yield Database(
            run=lambda sql, parameters: connection.cursor().stream(sql.replace("?", "%s").encode(), parameters),
            minute="to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI')",
        )
