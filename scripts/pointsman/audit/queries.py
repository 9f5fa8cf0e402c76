"""The rows that calls have left, read back from SQLite or Postgres."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from custom_providers.audit import paths
from custom_providers.audit.record import COLUMNS, TABLE
from custom_providers.audit.spool import abandoned
from custom_providers.state import state_directory
from pointsman.console.refusal import RefusalError
from pointsman.sources.sources import Sources

OUTCOMES = ("success", "failure", "cancelled", "lost")
SUMS = {
    "provider": "provider",
    "model": "upstream_model",
    "calls": "COUNT(*)",
    "failed": "CAST(SUM(CASE outcome WHEN 'success' THEN 0 ELSE 1 END) AS BIGINT)",
    "prompt_tokens": "CAST(SUM(prompt_tokens) AS BIGINT)",
    "completion_tokens": "CAST(SUM(completion_tokens) AS BIGINT)",
    "cost": "SUM(cost)",
    "seconds": "AVG(duration_seconds)",
}
"""What is added up, by its name and in SQL."""

_FOLLOWED = 500
"""Rows to look through for new ones each second: they come in the order of delivery, not of time."""
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

Query = Callable[[str, Sequence[object]], Iterator[tuple[Any, ...]]]
"""Runs one statement with ``?`` for each parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows are meant; what is None does not matter."""

    provider: str | None = None
    model: str | None = None
    """The name that the client sent, or the provider's."""
    key: str | None = None
    status: str | None = None
    """An HTTP status or an outcome."""
    since: str | None = None

    def condition(self) -> tuple[str, list[object]]:
        """The SQL of it, and its parameters."""
        parts: list[tuple[str, list[object]]] = [
            ("provider = ?", [self.provider]),
            ("(model = ? OR upstream_model = ?)", [self.model, self.model]),
            ("key_alias = ?", [self.key]),
            ("time >= ?", [self.since]),
            ("outcome = ?", [self.status]) if self.status in OUTCOMES else ("status = ?", [_number(self.status)]),
        ]
        used = [(sql, parameters) for sql, parameters in parts if parameters[0] is not None]
        return " AND ".join(sql for sql, _ in used) or "1 = 1", [value for _, values in used for value in values]


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
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextlib.contextmanager
def opened(sources: Sources) -> Iterator[Query]:
    """The database that the registry names.

    Raises:
        RefusalError: it is not there, or does not answer.
    """
    variable = sources.registry.audit.url_env
    with _postgres(sources.env.get(variable, ""), variable) if variable else _sqlite(sources) as query:
        yield query


def rows(query: Query, wanted: Wanted, limit: int | None) -> Iterator[Mapping[str, Any]]:
    """The newest ``limit`` rows that are wanted, the oldest of them first."""
    condition, parameters = wanted.condition()
    names = ", ".join(COLUMNS)
    sql = f"SELECT {names} FROM {TABLE} WHERE {condition} ORDER BY time"  # noqa: S608 -- nothing in it is from outside
    if limit is not None:
        newest = f"{sql} DESC, id LIMIT {limit:d}"
        sql = f"SELECT {names} FROM ({newest}) AS newest ORDER BY time"  # noqa: S608 -- as above
    for values in query(sql, parameters):
        yield {name: _plain(value, COLUMNS[name]) for name, value in zip(COLUMNS, values, strict=True)}


def followed(query: Query, wanted: Wanted, limit: int, pause: Callable[[float], None] = time.sleep) -> Iterator[Any]:
    """The last rows, and then each new one as it comes, without end."""
    window = list(rows(query, wanted, _FOLLOWED))
    yield from window[-limit:]
    while True:
        pause(1)
        seen = {row["id"] for row in window}
        window = list(rows(query, wanted, _FOLLOWED))
        yield from (row for row in window if row["id"] not in seen)


def sums(query: Query, wanted: Wanted) -> list[Mapping[str, Any]]:
    """For each provider and upstream model what its calls came to, the dearest first."""
    condition, parameters = wanted.condition()
    sql = f"SELECT {', '.join(SUMS.values())} FROM {TABLE} WHERE {condition} GROUP BY provider, upstream_model"  # noqa: S608 -- as above
    found = [dict(zip(SUMS, values, strict=True)) for values in query(sql, parameters)]
    return sorted(
        found, key=lambda row: (-(row["cost"] or 0), -row["calls"], row["provider"] or "", row["model"] or "")
    )


def waiting(sources: Sources) -> int:
    """Rows that a proxy has left behind when it died; the next one delivers them."""
    count = 0
    for _, reader in abandoned(state_directory(sources.env) / paths.SPOOL):
        count += sum(len(batch) for batch in iter(reader.read, [])) + len(reader.unfinished)
    return count


@contextlib.contextmanager
def _sqlite(sources: Sources) -> Iterator[Query]:
    path = state_directory(sources.env) / paths.DATABASE
    if not path.exists():
        raise RefusalError(
            f"{path}: no rows yet", "the proxy writes them where it was started, or in $POINTSMAN_STATE_DIR"
        )
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            yield connection.execute
    except sqlite3.Error as error:
        raise RefusalError(f"{path}: {error}", "is it the proxy's, and may you read it?") from error


@contextlib.contextmanager
def _postgres(url: str, variable: str) -> Iterator[Query]:
    import psycopg

    from custom_providers.audit.postgres import libpq_url

    if not url.strip():
        raise RefusalError(f"${variable} is not set", "it holds the Postgres URL of the rows ([audit] url_env)")
    try:
        with psycopg.connect(libpq_url(url.strip()), autocommit=True, connect_timeout=10) as connection:
            yield lambda sql, parameters: connection.cursor().stream(sql.replace("?", "%s").encode(), parameters)
    except psycopg.Error as error:
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise RefusalError(f"${variable}: {why}", "is the database up, and has the proxy made its table?") from error


def _plain(value: Any, kind: str) -> Any:
    """A database's value as JSON has it; the two databases then agree."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if kind == "json" and isinstance(value, str):
        return json.loads(value)
    return bool(value) if kind == "flag" and value is not None else value


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
