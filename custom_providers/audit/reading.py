"""Reading the audit back: recent calls, and sums over time by provider and model. For the command and the page alike.

It blocks: on an event loop, run it in a thread. 100,000 calls are added up in about 0.2 s.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from custom_providers.audit.record import COLUMNS, TABLE, Row

OUTCOMES = ("success", "failure", "cancelled", "lost")
FAILED = ("failure", "lost")
"""Outcomes that count as failures: a client that leaves is no failure."""

Slot = Literal["minute", "hour", "day"]
_SLOTS: Mapping[Slot, int] = {"minute": 16, "hour": 13, "day": 10}
"""How much of "2026-11-21T09:30" names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An open connection for reading."""

    run: Callable[[str, Sequence[object]], Iterator[tuple[Any, ...]]]
    """Runs one statement with ``?`` for each parameter."""
    minute: str
    """SQL for a row's time in UTC as "2026-11-21T09:30", or longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which calls are meant; None matches all."""

    provider: str | None = None
    """One that answered, was asked last or was asked first."""
    model: str | None = None
    """The client's name for it, or the provider's."""
    key: str | None = None
    """The key's alias."""
    status: str | None = None
    """An HTTP status or an outcome."""
    since: str | None = None
    """A row's ``time``; and so is ``until``, which is not included."""
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
class CallSums:
    """What the calls of one provider and upstream model came to."""

    provider: str | None
    model: str | None
    slot: str | None
    """The UTC minute, hour or day, as "2026-11-21T09"; None: all of the time."""
    calls: int
    """Calls that asked it, also those that another provider answered in the end."""
    failed: int
    """Of these, the ones that it failed."""
    prompt_tokens: int
    completion_tokens: int
    cost: float
    """US dollars."""
    p50_seconds: float | None
    """Of the successful calls' durations, as ``p95_seconds``; None without any."""
    p95_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Sums of one time."""

    total: tuple[CallSums, ...]
    """By provider and model, the dearest first."""
    by_time: tuple[CallSums, ...]
    """The same for each slot in which there were calls, the earliest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Sums of one time, as a page shows them."""

    by_provider: tuple[CallSums, ...]
    """By name."""
    by_model: tuple[CallSums, ...]
    """By provider and model, the dearest first."""
    by_slot: tuple[CallSums, ...]
    """For each slot in which there were calls, the earliest first. Here each call counts once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A provider's last failed attempt."""

    time: str
    message: str


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

    from custom_providers.audit.postgres import libpq_url

    with psycopg.connect(libpq_url(url), autocommit=True, connect_timeout=10) as connection:
        yield Database(
            run=lambda sql, parameters: connection.cursor().stream(sql.replace("?", "%s").encode(), parameters),
            minute="to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI')",
        )


def recent(database: Database, wanted: Filter, limit: int | None) -> Iterator[Row]:
    """The newest ``limit`` rows that match, the oldest of them first; both databases give the same values."""
    condition, parameters = wanted.condition()
    names = ", ".join(COLUMNS)
    sql = f"SELECT {names} FROM {TABLE} WHERE {condition} ORDER BY time"  # noqa: S608 -- nothing in it is from outside
    if limit is not None:
        newest = f"{sql} DESC, id LIMIT {limit:d}"
        sql = f"SELECT {names} FROM ({newest}) AS newest ORDER BY time"  # noqa: S608 -- as above
    for values in database.run(sql, parameters):
        yield {name: _plain(value, COLUMNS[name]) for name, value in zip(COLUMNS, values, strict=True)}


def usage(database: Database, wanted: Filter, slot: Slot = "hour") -> Usage:
    """Adds up the calls that match."""
    groups = _groups(database, wanted, _SLOTS[slot])
    by_time = [group.sums(*key) for key, group in groups.items()]
    return Usage(
        total=_by_model(groups),
        by_time=tuple(sorted(by_time, key=lambda sums: (sums.slot or "", *_names(sums)))),
    )


def overview(database: Database, wanted: Filter, slot: Slot = "hour") -> Overview:
    """Adds up the calls that match, by provider, by model and by time."""
    answered = _answered(database, wanted, _SLOTS[slot])
    by_slot = _merged(answered, lambda _provider, _model, slot: (None, None, slot))
    groups = _with_passed_on(answered, database, wanted, _SLOTS[slot])
    by_provider = _merged(groups, lambda provider, _model, _slot: (provider, None, None))
    return Overview(
        by_provider=tuple(sorted(by_provider, key=_names)),
        by_model=_by_model(groups),
        by_slot=tuple(sorted(by_slot, key=lambda sums: sums.slot or "")),
    )


def last_failures(database: Database, since: str) -> Mapping[str, Failed]:
    """By provider, its last failed attempt since then, also where another attempt answered the call."""
    sql = (
        f"SELECT time, provider, outcome, CAST(attempts AS text), error_message FROM {TABLE} "  # noqa: S608 -- ours
        f"WHERE time >= ? AND error_message IS NOT NULL ORDER BY time DESC LIMIT {_MOST_FAILURES:d}"
    )
    found: dict[str, Failed] = {}
    for time, provider, outcome, attempts, message in database.run(sql, [since]):
        asked: list[str] = json.loads(attempts or "[]")
        # The message is that of the last failed attempt; the one that succeeded, if any, is the last of all.
        name = asked[-2].partition("/")[0] if outcome == "success" and len(asked) > 1 else provider
        if name:
            found.setdefault(name, Failed(time=_plain(time, "instant"), message=message))
    return found


_Key = tuple[str | None, str | None, str]
_MOST_FAILURES = 1000
"""Rows to look through for each provider's last one."""


@dataclass(slots=True)
class _Group:
    calls: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    seconds: list[float] = field(default_factory=list)

    def add(self, other: _Group) -> None:
        self.calls += other.calls
        self.failed += other.failed
        self.prompt_tokens += other.prompt_tokens
        self.completion_tokens += other.completion_tokens
        self.cost += other.cost
        self.seconds += other.seconds

    def sums(self, provider: str | None, model: str | None, slot: str | None) -> CallSums:
        seconds = sorted(self.seconds)
        return CallSums(
            provider=provider, model=model, slot=slot, calls=self.calls, failed=self.failed,
            prompt_tokens=self.prompt_tokens, completion_tokens=self.completion_tokens, cost=self.cost,
            p50_seconds=_percentile(seconds, 50), p95_seconds=_percentile(seconds, 95),
        )  # fmt: skip


def _merged(
    groups: Mapping[_Key, _Group],
    kept: Callable[[str | None, str | None, str], tuple[str | None, str | None, str | None]],
) -> list[CallSums]:
    """The sums of ``groups`` by that part of their keys which ``kept`` keeps."""
    merged: dict[tuple[str | None, str | None, str | None], _Group] = defaultdict(_Group)
    for key, group in groups.items():
        merged[kept(*key)].add(group)
    return [group.sums(*key) for key, group in merged.items()]


def _by_model(groups: Mapping[_Key, _Group]) -> tuple[CallSums, ...]:
    merged = _merged(groups, lambda provider, model, _slot: (provider, model, None))
    return tuple(sorted(merged, key=lambda sums: (-sums.cost, -sums.calls, *_names(sums))))


def _groups(database: Database, wanted: Filter, length: int) -> Mapping[_Key, _Group]:
    """The calls by provider, model and slot, with the attempts that fell back to another provider."""
    return _with_passed_on(_answered(database, wanted, length), database, wanted, length)


def _answered(database: Database, wanted: Filter, length: int) -> dict[_Key, _Group]:
    """The calls by who answered or was asked last, and by slot."""
    condition, parameters = wanted.condition()
    slot = _slot(database, length)
    # Sums and percentiles are made here: SQLite takes three times as long for the percentiles.
    columns = f"provider, upstream_model, {slot}, outcome, prompt_tokens, completion_tokens, cost, duration_seconds"
    sql = f"SELECT {columns} FROM {TABLE} WHERE {condition}"  # noqa: S608 -- nothing in it is from outside
    groups: dict[_Key, _Group] = defaultdict(_Group)
    for provider, model, at, outcome, prompt, completion, cost, seconds in database.run(sql, parameters):
        group = groups[provider, model, at]
        group.calls += 1
        group.prompt_tokens += prompt or 0
        group.completion_tokens += completion or 0
        group.cost += cost or 0.0
        if outcome == "success" and seconds is not None:
            group.seconds.append(seconds)
        elif outcome in FAILED:
            group.failed += 1
    return groups


def _with_passed_on(
    groups: dict[_Key, _Group], database: Database, wanted: Filter, length: int
) -> Mapping[_Key, _Group]:
    """Adds to ``groups`` the attempts that fell back to another provider."""
    condition, parameters = wanted.condition()
    for key, count in _passed_on(database, condition, parameters, _slot(database, length)):
        group = groups.setdefault(key, _Group())
        group.calls += count
        group.failed += count
    return {key: group for key, group in groups.items() if wanted.provider in (None, key[0])}


def _slot(database: Database, length: int) -> str:
    """SQL for the slot of a row."""
    return f"substr({database.minute}, 1, {length:d})"


def _passed_on(
    database: Database, condition: str, parameters: Sequence[object], slot: str
) -> Iterator[tuple[_Key, int]]:
    """How many calls each deployment failed that another one was asked for then."""
    sql = (
        f"SELECT CAST(attempts AS text), {slot}, COUNT(*) FROM {TABLE} "  # noqa: S608 -- nothing in it is from outside
        f"WHERE {condition} AND attempts IS NOT NULL GROUP BY 1, 2"
    )
    for text, at, count in database.run(sql, parameters):
        asked: list[str] = json.loads(text)
        for deployment in dict.fromkeys(asked):
            if deployment != asked[-1]:
                provider, _, model = deployment.partition("/")
                yield (provider, model, at), count


def _percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The smallest value that so many per cent of them do not exceed."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else None


def _names(sums: CallSums) -> tuple[str, str]:
    return sums.provider or "", sums.model or ""


def _plain(value: Any, column_type: str) -> Any:
    """A database's value as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if column_type == "json" and isinstance(value, str):
        return json.loads(value)
    return bool(value) if column_type == "flag" and value is not None else value
