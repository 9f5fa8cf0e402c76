"""Rows in Postgres, by way of psycopg; the table is made and kept up to date here."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg

from custom_providers.audit import sink
from custom_providers.audit.row import TABLE, Record
from custom_providers.audit.sink import RowRefusedError, SinkDownError

TYPES = {
    "text": "text",
    "instant": "timestamptz",
    "flag": "boolean",
    "whole": "bigint",
    "number": "double precision",
    "json": "jsonb",
}

_PRISMA = frozenset(
    {"connection_limit", "pgbouncer", "pool_timeout", "schema", "socket_timeout", "sslaccept", "statement_cache_size"}
)
"""Parameters of LiteLLM's database URLs that are Prisma's own: libpq refuses a URL with one of them."""

_MIGRATION_LOCK = 7_239_004_117
"""Any number that nobody else locks: workers that start together make the table one after another."""


def libpq_url(url: str) -> str:
    """``url`` as libpq takes it, also when it was written for Prisma."""
    if "://" not in url:
        return url
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in _PRISMA]
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))


class PostgresSink:
    """Connects with the first rows, and again after every failure."""

    def __init__(self, url: str) -> None:
        self._url = libpq_url(url)
        """Empty: there is none yet. (libpq would go to some local database then.)"""
        self._connection: psycopg.Connection | None = None

    def store(self, rows: Sequence[Record]) -> None:
        if not self._url:
            raise SinkDownError("the variable with the database's URL is not set")
        try:
            connection = self._connected()
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(sink.insert("%s"), [sink.values(row) for row in rows])
        except (psycopg.DataError, ValueError, TypeError, OverflowError) as error:
            raise RowRefusedError(_said(error)) from error
        except psycopg.Error as error:
            self.close()
            raise SinkDownError(_said(error)) from error

    def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
        self._connection = None

    def _connected(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=5,
                # A database that has vanished without a word is noticed too.
                tcp_user_timeout=10_000,
                keepalives_idle=10,
                keepalives_interval=5,
                keepalives_count=3,
                application_name="litellm-switchyard",
                # Poolers that hand out another session for every transaction know no prepared statements.
                prepare_threshold=None,
            )
            _migrate(self._connection)
        return self._connection


def _migrate(connection: psycopg.Connection) -> None:
    """Makes what is missing, and asks for no rights when nothing is."""
    if not _missing(connection):
        return
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        for statement in _missing(connection):
            connection.execute(statement)


def _missing(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
        (TABLE,),
    )
    present = frozenset(name for (name,) in found)
    return sink.additions(present, TYPES) if present else [sink.create(TYPES), sink.index()]


def _said(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
