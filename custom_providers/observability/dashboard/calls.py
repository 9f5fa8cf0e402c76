"""Reads the audit for the page: in a thread, with sums cached for a few seconds, and those of past hours for longer."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from custom_providers.observability.audit.history import Failed, Filter, last_failures, recent
from custom_providers.observability.audit.record import Row, instant
from custom_providers.observability.audit.storage.database import Database, postgres, sqlite
from custom_providers.observability.audit.sums import Kept, Overview, Slot, overview

Span = Literal["day", "month"]
SPANS: Mapping[Span, tuple[timedelta, Slot]] = {
    "day": (timedelta(days=1), "hour"),
    "month": (timedelta(days=30), "day"),
}
"""The time span and chart interval of each choice on the page."""

_FRESH_SECONDS = 10.0
"""How long sums are cached: the page and all its charts need the same ones."""

MOST_RECENT = 30


class UnavailableError(Exception):
    """The audit cannot be read; the text is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where the audit's rows are stored."""

    path: Path
    """The SQLite file."""
    postgres_url: str = ""
    """If not empty, the rows are in this database instead."""
    url_env: str = ""
    """The variable that contains the URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The sums of the calls in one time span."""

    overview: Overview
    failures: Mapping[str, Failed]
    """By provider, the last failed attempt."""
    until: datetime
    """When the sums were computed."""


_NONE = Overview(by_provider=(), by_model=(), by_slot=())


class Calls:
    """The calls in one store. Its methods block."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sums: dict[Span, tuple[float, Sums]] = {}
        self._kept: dict[Span, Kept] = {span: Kept() for span in SPANS}
        self._adding = threading.Lock()

    def sums(self, span: Span) -> Sums:
        """The sums of the last day or month.

        Raises:
            UnavailableError: the store cannot be read.
        """
        with self._adding:
            made, sums = self._sums.get(span, (0.0, None))
            if sums is None or time.monotonic() > made + _FRESH_SECONDS:
                sums = self._added(span)
                self._sums[span] = (time.monotonic(), sums)
            return sums

    def recent(self, wanted: Filter) -> list[Row]:
        """The newest calls that match, newest first.

        Raises:
            UnavailableError: the store cannot be read.
        """
        with self._opened() as database:
            return [] if database is None else list(recent(database, wanted, MOST_RECENT))[::-1]

    def _added(self, span: Span) -> Sums:
        now = datetime.now(UTC)
        length, slot = SPANS[span]
        since = instant((now - length).replace(minute=0, second=0, microsecond=0))
        with self._opened() as database:
            if database is None:
                return Sums(overview=_NONE, failures={}, until=now)
            added = overview(database, Filter(since=since), slot, self._kept[span])
            failing = [row.provider for row in added.by_provider if row.provider and row.failed]
            return Sums(overview=added, failures=last_failures(database, since, failing), until=now)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Database | None]:
        """The database; None before the first call."""
        if not self._store.postgres_url and not self._store.path.exists():
            yield None
            return
        try:
            with self._database() as database:
                yield database
        except sqlite3.Error as error:
            raise UnavailableError(f"{self._store.path}: {error}") from error
        except _postgres_error() as error:
            raise UnavailableError(f"the database of ${self._store.url_env} cannot be read") from error

    def _database(self) -> AbstractContextManager[Database]:
        url = self._store.postgres_url
        return postgres(url) if url else sqlite(self._store.path)


def _postgres_error() -> type[Exception]:
    import psycopg

    return psycopg.Error
