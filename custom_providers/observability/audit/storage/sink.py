"""What the audit needs of a database, and how it may fail."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Protocol

import orjson

from custom_providers.observability.audit.record import COLUMNS, TABLE, Row


class SinkDownError(Exception):
    """Nothing was stored; try the same rows again later."""


class RowRefusedError(Exception):
    """The database will never accept this row."""


class Sink(Protocol):
    """A table of rows. One thread uses it."""

    def store(self, rows: Sequence[Row]) -> None:
        """Stores the rows, all or none; those that are there already stay as they are.

        Raises:
            SinkDownError: the database is not available; try again later.
            RowRefusedError: one of them will never be stored.
        """

    def close(self) -> None:
        """Ends the connection, if there is one."""


class Closeable(Protocol):
    """A database connection."""

    def close(self) -> None:
        """Ends it."""


def close(connection: Closeable | None, errors: type[Exception]) -> None:
    """Ends a connection that may be broken already; ``errors`` are its library's."""
    if connection is not None:
        with contextlib.suppress(errors):
            connection.close()


def insert(placeholder: str) -> str:
    """The statement that stores one row unless it is there."""
    values = ", ".join([placeholder] * len(COLUMNS))
    return f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({values}) ON CONFLICT (id) DO NOTHING"  # noqa: S608 -- ours


def create(types: Mapping[str, str]) -> str:
    """The statement that makes the table; ``types`` are the database's names for our kinds."""
    columns = (f"{name} {types[kind]}{' PRIMARY KEY' * (name == 'id')}" for name, kind in COLUMNS.items())
    return f"CREATE TABLE IF NOT EXISTS {TABLE} ({', '.join(columns)})"


def indexes(covering: str = "") -> dict[str, str]:
    """The index statements by name: for the time, and for calls with a fallback.

    ``covering`` adds columns to the first, for a database that would read whole rows otherwise.
    """
    name = f"{TABLE}_sums" if covering else f"{TABLE}_time"
    return {
        name: f"CREATE INDEX IF NOT EXISTS {name} ON {TABLE} (time{covering})",
        f"{TABLE}_fallbacks": (
            f"CREATE INDEX IF NOT EXISTS {TABLE}_fallbacks ON {TABLE} (time) WHERE attempts IS NOT NULL"
        ),
    }


def additions(present: frozenset[str], types: Mapping[str, str]) -> list[str]:
    """The statements that bring an older table up to date."""
    return [
        f"ALTER TABLE {TABLE} ADD COLUMN {name} {types[kind]}" for name, kind in COLUMNS.items() if name not in present
    ]


def values(row: Row) -> list[object]:
    """The row for ``insert``, JSON as text."""
    return [orjson.dumps(value).decode() if isinstance(value := row[name], (dict, list)) else value for name in COLUMNS]
