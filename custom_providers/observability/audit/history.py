"""Recorded calls, read back one by one: those that match a filter, and each provider's last failure.

Blocks: on an event loop, run it in a thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from custom_providers.observability.audit.record import COLUMNS, FAILED, OUTCOMES, TABLE, Row, instant
from custom_providers.observability.audit.storage.database import Database

_NEWEST_FAILURES = 100
"""Rows to search for the last failures of all providers, before each of the others is looked for by name."""
_MOST_PASSED_ON = 1000
"""Rows to search for failures of calls that another deployment answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which calls to read; None matches all."""

    provider: str | None = None
    """The one that answered, was asked last or was asked first."""
    model: str | None = None
    """The client's name for it, or the provider's."""
    key: str | None = None
    """The key's alias."""
    status: str | None = None
    """An HTTP status or an outcome."""
    since: str | None = None
    """A row's ``time``; ``until`` too, which is not included."""
    until: str | None = None

    def condition(self) -> tuple[str, list[object]]:
        """Its SQL, and the parameters for it."""
        status: object = self.status if self.status is None or self.status in OUTCOMES else int(self.status)
        parts: list[tuple[str, list[object]]] = [
            ("(provider = ? OR first_provider = ?)", [self.provider, self.provider]),
            ("(model = ? OR upstream_model = ?)", [self.model, self.model]),
            ("key_alias = ?", [self.key]),
            ("time >= ?", [self.since]),
            ("time < ?", [self.until]),
            ("outcome = ?" if self.status in OUTCOMES else "status = ?", [status]),
        ]
        used = [(sql, parameters) for sql, parameters in parts if parameters[0] is not None]
        return " AND ".join(sql for sql, _ in used) or "1 = 1", [value for _, values in used for value in values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A provider's last failed attempt."""

    time: str
    message: str


def recent(database: Database, wanted: Filter, limit: int | None) -> Iterator[Row]:
    """The newest ``limit`` rows that match, oldest first; both databases give the same values."""
    condition, parameters = wanted.condition()
    names = ", ".join(COLUMNS)
    sql = f"SELECT {names} FROM {TABLE} WHERE {condition} ORDER BY time"  # noqa: S608 -- nothing in it is from outside
    if limit is not None:
        newest = f"{sql} DESC, id LIMIT {limit:d}"
        sql = f"SELECT {names} FROM ({newest}) AS newest ORDER BY time"  # noqa: S608 -- as above
    for values in database.run(sql, parameters):
        yield {name: _plain(value, COLUMNS[name]) for name, value in zip(COLUMNS, values, strict=True)}


def last_failures(database: Database, since: str, failing: Iterable[str] = ()) -> Mapping[str, Failed]:
    """Each provider's last failed attempt since then, even if another attempt answered the call.

    ``failing`` names the providers that had failures: those with few, long before the newest of others, are found too.
    """
    found: dict[str, Failed] = {}

    def add(condition: str, parameters: Sequence[object], limit: int) -> None:
        for name, failed in _failures(database, condition, [since, *parameters], limit):
            if name not in found or found[name].time < failed.time:
                found[name] = failed

    add("1 = 1", [], _NEWEST_FAILURES)
    if missing := [name for name in failing if name not in found]:
        add("attempts IS NOT NULL", [], _MOST_PASSED_ON)
    for name in missing:
        add(f"provider = ? AND outcome IN ({', '.join('?' * len(FAILED))})", [name, *sorted(FAILED)], 1)
    return found


def _failures(
    database: Database, condition: str, parameters: Sequence[object], limit: int
) -> Iterator[tuple[str, Failed]]:
    """The newest failed attempts that match, with the provider of each."""
    sql = (
        f"SELECT time, provider, outcome, CAST(attempts AS text), error_message FROM {TABLE} "  # noqa: S608 -- ours
        f"WHERE time >= ? AND {condition} AND error_message IS NOT NULL ORDER BY time DESC LIMIT {limit:d}"
    )
    for time, provider, outcome, attempts, message in database.run(sql, parameters):
        asked: list[str] = json.loads(attempts or "[]")
        # The message is that of the last failed attempt; the one that succeeded, if any, is the last of all.
        name = asked[-2].partition("/")[0] if outcome == "success" and len(asked) > 1 else provider
        if name:
            yield name, Failed(time=_plain(time, "instant"), message=message)


def _plain(value: Any, column_type: str) -> Any:
    """A database's value as JSON has it."""
    if isinstance(value, datetime):
        return instant(value.astimezone(UTC))
    if column_type == "json" and isinstance(value, str):
        return json.loads(value)
    return bool(value) if column_type == "flag" and value is not None else value
