"""The database that the registry names, and the queries of ``pointsman audit``."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from custom_providers.observability.audit.history import Filter, recent
from custom_providers.observability.audit.record import Row, instant
from custom_providers.observability.audit.storage import paths
from custom_providers.observability.audit.storage.database import Database, postgres, sqlite
from custom_providers.observability.audit.storage.spool import abandoned
from pointsman.console import report
from pointsman.console.refusal import RefusalError
from pointsman.sources.sources import Sources

_FOLLOWED = 500
"""Rows to search for new ones each second: they arrive in the order of delivery, not of time."""
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def since(text: str, now: datetime) -> str:
    """``90m``, ``2h``, ``7d``, a date or a time as a row's ``time``; a time without a zone is UTC.

    Raises:
        ValueError: it is none of these.
    """
    if age := re.fullmatch(r"(\d{1,6})([smhd])", text):
        moment = now - timedelta(**{_UNITS[age[2]]: int(age[1])})
    else:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return instant(moment)


@contextlib.contextmanager
def opened(sources: Sources) -> Iterator[Database]:
    """The database that the registry names.

    Raises:
        RefusalError: it is not there, or does not answer.
    """
    variable = sources.registry.audit.url_env
    with _postgres(sources.env.get(variable, ""), variable) if variable else _sqlite(sources) as database:
        yield database


def wait_for_first(sources: Sources, pause: Callable[[float], None] = time.sleep) -> None:
    """Waits until the SQLite file exists, which the first call creates."""
    path = sources.state_directory / paths.DATABASE
    if sources.registry.audit.url_env or path.exists():
        return
    report.say("no calls yet; waiting for the first")
    while not path.exists():
        pause(1)
    pause(1)  # until its table is there, too


def followed(database: Database, wanted: Filter, limit: int, pause: Callable[[float], None] = time.sleep
             ) -> Iterator[Sequence[Row]]:  # fmt: skip
    """The last rows, and then the new ones of each second, without end."""
    window = list(recent(database, wanted, _FOLLOWED))
    yield window[-limit:]
    while True:
        pause(1)
        seen = {row["id"] for row in window}
        window = list(recent(database, wanted, _FOLLOWED))
        yield [row for row in window if row["id"] not in seen]


def waiting(sources: Sources) -> int:
    """The number of rows that dead proxies have left behind; the next proxy delivers them."""
    count = 0
    for _, reader in abandoned(sources.state_directory / paths.SPOOL):
        count += sum(len(batch) for batch in iter(reader.read, [])) + len(reader.unfinished)
    return count


@contextlib.contextmanager
def _sqlite(sources: Sources) -> Iterator[Database]:
    path = sources.state_directory / paths.DATABASE
    try:
        with sqlite(path) as database:
            yield database
    except FileNotFoundError:
        hint = "`serve` writes them there; a LiteLLM started by hand, into .pointsman where it was started"
        raise RefusalError(f"{path}: no rows yet", hint) from None
    except sqlite3.Error as error:
        hint = "check that the proxy wrote it and that you may read it; a running proxy adds missing columns"
        raise RefusalError(f"{path}: {error}", hint) from error


@contextlib.contextmanager
def _postgres(url: str, variable: str) -> Iterator[Database]:
    import psycopg

    if not url.strip():
        raise RefusalError(f"${variable} is not set", "it must hold the audit's Postgres URL ([audit] url_env)")
    try:
        with postgres(url.strip()) as database:
            yield database
    except psycopg.Error as error:
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise RefusalError(f"${variable}: {why}", "is the database up, and has the proxy made its table?") from error
