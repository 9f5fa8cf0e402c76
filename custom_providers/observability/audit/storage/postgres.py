"""Rows in Postgres; creates the table and keeps it up to date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from custom_providers.observability.audit.record import TABLE, Row
from custom_providers.observability.audit.storage import sink
from custom_providers.observability.audit.storage.sink import RowRefusedError, SinkDownError

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
"""Parameters of LiteLLM's database URLs that only Prisma knows: libpq rejects URLs that contain them."""

_MIGRATION_LOCK = 7_239_004_117
"""An advisory lock, so that workers that start together create the table one after another."""

_URL = re.compile(r"(?P<before>postgres(?:ql)?://(?:[^@/]*@)?(?P<place>[^?]*))(?:\?(?P<query>.*))?", re.DOTALL)
"""As libpq divides it: the first "@" ends the password, unless a "/" comes before."""
_FORM = 'write postgresql://user:password@host:5432/database, and "@", "/", "%" in the password as %40, %2F, %25'


def libpq_url(written: str) -> str:
    """``written`` in a form that libpq accepts, even if it was meant for Prisma; "host=h dbname=d" is accepted too.

    Raises:
        psycopg.ProgrammingError: it is neither. The message does not quote it; libpq's would show the password.
    """
    url = _without_prismas(written) if re.match(r"\w+://", written) else written
    try:
        ports = str(conninfo_to_dict(url).get("port", ""))
    except (psycopg.ProgrammingError, UnicodeError):
        raise psycopg.ProgrammingError(f"libpq cannot read it: {_FORM}") from None
    if not all(port.isdecimal() for port in ports.split(",") if port):
        raise psycopg.ProgrammingError(f"the part after its host is not a port: {_FORM}")
    return url


def _without_prismas(url: str) -> str:
    parts = _URL.fullmatch(url)
    if parts is None:
        raise psycopg.ProgrammingError(f"it does not begin with postgresql://: {_FORM}")
    if "@" in parts["place"]:
        raise psycopg.ProgrammingError(f'it has one "@" too many: {_FORM}')
    written = parts["query"] or ""
    try:
        query = [pair for pair in parse_qsl(written, strict_parsing=written != "") if pair[0] not in _PRISMA]
    except ValueError:
        raise psycopg.ProgrammingError('the part after its "?" is not name=value&name=value') from None
    return f"{parts['before']}?{urlencode(query, quote_via=quote)}" if query else parts["before"]


class PostgresSink:
    """Connects when the first rows arrive, and again after every failure."""

    def __init__(self, url: str, variable: str) -> None:
        self._url = url
        """Empty if there is none yet. (libpq would use a local database then.)"""
        self._variable = variable
        self._connection: psycopg.Connection | None = None

    def store(self, rows: Sequence[Row]) -> None:
        if not self._url:
            raise SinkDownError(f"${self._variable}, which should hold the database's URL, is not set")
        try:
            url = libpq_url(self._url)
        except psycopg.ProgrammingError as error:
            raise SinkDownError(f"${self._variable} is not a Postgres URL: {error}") from None
        try:
            connection = self._connected(url)
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(sink.insert("%s"), [sink.values(row) for row in rows])
        except (psycopg.DataError, ValueError, TypeError, OverflowError) as error:
            raise RowRefusedError(_said(error)) from error
        except psycopg.Error as error:
            self.close()
            raise SinkDownError(_said(error)) from error

    def close(self) -> None:
        sink.close(self._connection, psycopg.Error)
        self._connection = None

    def _connected(self, url: str) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                url,
                autocommit=True,
                connect_timeout=5,
                # Notices a database that has disappeared without closing the connection.
                tcp_user_timeout=10_000,
                keepalives_idle=10,
                keepalives_interval=5,
                keepalives_count=3,
                application_name="litellm-pointsman",
                # Poolers that assign a session per transaction do not support prepared statements.
                prepare_threshold=None,
            )
            _migrate(self._connection)
        return self._connection


def _migrate(connection: psycopg.Connection) -> None:
    """Creates what is missing; needs no privileges if nothing is."""
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
    if not present:
        return [sink.create(TYPES), *sink.indexes().values()]
    indexes = sink.indexes()
    there = connection.execute(
        "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL", (list(indexes),)
    )
    for (name,) in there:
        del indexes[name]
    return [*sink.additions(present, TYPES), *indexes.values()]


def _said(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
