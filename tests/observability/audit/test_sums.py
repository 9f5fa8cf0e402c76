"""Sums over the same calls in SQLite and Postgres, and over 100,000 calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from custom_providers.observability.audit import history, sums
from custom_providers.observability.audit.history import Filter
from custom_providers.observability.audit.record import Row
from custom_providers.observability.audit.storage.database import Database, postgres, sqlite
from custom_providers.observability.audit.storage.postgres import PostgresSink
from custom_providers.observability.audit.storage.sqlite import SqliteSink
from custom_providers.observability.audit.sums import CallSums
from tests.observability.audit.cluster import Cluster
from tests.observability.audit.rows import row

PASSED_ON: dict[str, Any] = {"first_provider": "openrouter", "fallbacks": 2}
CALLS = [
    row("1", time="2026-11-21T09:10:00.000Z", provider="vllm", upstream_model="m", first_provider="vllm"),
    row("2", time="2026-11-21T09:50:00.000Z", provider="vllm", upstream_model="m",
        attempts=["openrouter/a/b", "openrouter/a/b", "spare/x", "vllm/m"], error_message="no credits", **PASSED_ON),
    row("3", time="2026-11-21T23:59:59.999Z", provider="vllm", upstream_model="m", outcome="failure",
        attempts=["openrouter/a/b", "vllm/m"], error_message="overloaded", **PASSED_ON),
    row("4", time="2026-11-21T10:00:00.000Z", provider="vllm", upstream_model="m", outcome="cancelled"),
    row("5", time="2026-11-22T10:00:00.000Z", provider=None, upstream_model=None, first_provider=None,
        outcome="failure", prompt_tokens=None, completion_tokens=None, cost=None),
    row("6", time="2026-11-22T10:00:00.000Z", provider="vllm", upstream_model="m", outcome="lost",
        duration_seconds=None),
]  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with ``CALLS``."""
    opened: AbstractContextManager[Database]
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("postgres")
        cluster.start()
        cluster.query("DROP TABLE IF EXISTS tool_calls")
        # A server may use any time zone.
        cluster.query("ALTER ROLE postgres SET timezone = 'Asia/Tokyo'")
        _store(PostgresSink(cluster.url, "AUDIT_URL"), CALLS)
        opened = postgres(cluster.url)
    else:
        _store(SqliteSink(tmp_path / "audit.sqlite3"), CALLS)
        opened = sqlite(tmp_path / "audit.sqlite3")
    with opened as found:
        yield found


def _store(sink: SqliteSink | PostgresSink, rows: list[Row]) -> None:
    sink.store(rows)
    sink.close()


def _counts(found: tuple[CallSums, ...]) -> list[tuple[object, ...]]:
    return [(each.provider, each.model, each.slot, each.calls, each.failed) for each in found]


def test_a_call_that_was_passed_on_counts_for_each_provider_that_it_asked(database: Database):
    assert _counts(sums.overview(database, Filter()).by_model) == [
        ("vllm", "m", None, 5, 2),
        ("openrouter", "a/b", None, 2, 2),
        (None, None, None, 1, 1),
        ("spare", "x", None, 1, 1),
    ]


def test_sums_over_time_are_by_utc(database: Database):
    days = sums.overview(database, Filter(model="m"), "day").by_slot
    assert _counts(days) == [(None, None, "2026-11-21", 4, 1), (None, None, "2026-11-22", 1, 1)]
    hours = sums.overview(database, Filter(until="2026-11-21T10:00:00.000Z")).by_slot
    assert _counts(hours) == [(None, None, "2026-11-21T09", 2, 0)]


def test_the_page_and_the_command_find_what_openrouter_failed(database: Database):
    assert [found["id"] for found in history.recent(database, Filter(provider="openrouter"), 10)] == ["2", "3"]


def test_the_overview_counts_at_each_provider_and_over_time_once(database: Database):
    found = sums.overview(database, Filter(), "day")

    assert _counts(found.by_provider) == [
        (None, None, None, 1, 1),
        ("openrouter", None, None, 2, 2),
        ("spare", None, None, 1, 1),
        ("vllm", None, None, 5, 2),
    ]
    assert _counts(found.by_slot) == [(None, None, "2026-11-21", 4, 1), (None, None, "2026-11-22", 2, 2)]


def test_the_last_failure_is_that_of_the_provider_that_failed(database: Database):
    found = history.last_failures(database, "2026-11-21T00:00:00.000Z")

    assert {name: (failed.time, failed.message) for name, failed in found.items()} == {
        "vllm": ("2026-11-21T23:59:59.999Z", "overloaded"),
        "spare": ("2026-11-21T09:50:00.000Z", "no credits"),
    }
    assert history.last_failures(database, "2026-11-22T00:00:00.000Z") == {}


def test_a_provider_that_fails_often_does_not_hide_the_last_failure_of_another(tmp_path: Path):
    """Neither a call that failed nor one that another provider answered."""
    path = tmp_path / "a.sqlite3"
    failed: dict[str, Any] = {"outcome": "failure", "status": 503, "error_message": "overloaded"}
    often = [row(f"{n}", time=f"2026-11-21T12:{n % 60:02}:00.000Z", provider="busy", **failed) for n in range(1500)]
    early = [{**CALLS[1], "id": "passed on"}, row("once", time="2026-11-21T09:30:00.000Z", provider="quiet", **failed)]
    _store(SqliteSink(path), [*early, *often])
    with sqlite(path) as opened:
        providers = [found.provider or "" for found in sums.overview(opened, Filter()).by_provider]
        found = history.last_failures(opened, "2026-11-21", providers)

    assert {name: failure.time for name, failure in found.items()} == {
        "busy": "2026-11-21T12:59:00.000Z",
        "quiet": "2026-11-21T09:30:00.000Z",
        "spare": "2026-11-21T09:50:00.000Z",
    }


def test_kept_sums_are_those_of_all_rows(tmp_path: Path):
    """After rows of the current hour and of an earlier one, after none, and after the window has moved on."""
    path = tmp_path / "a.sqlite3"
    _store(SqliteSink(path), CALLS)
    kept = sums.Kept()
    later = [
        row("7", time="2026-11-22T11:00:00.000Z", provider="new", upstream_model="n"),
        row("8", time="2026-11-21T09:20:00.000Z", provider="vllm", upstream_model="m", duration_seconds=900.0,
            attempts=["late/x", "vllm/m"], **PASSED_ON),
    ]  # fmt: skip
    for added, since in (
        ([], "2026-11-21T09:00:00.000Z"),
        (later[:1], "2026-11-21T09:00:00.000Z"),
        (later[1:], "2026-11-21T09:00:00.000Z"),
        ([], "2026-11-21T09:00:00.000Z"),
        ([], "2026-11-21T10:00:00.000Z"),
        ([], "2026-11-23T00:00:00.000Z"),
    ):
        _store(SqliteSink(path), added)
        with sqlite(path) as opened:
            for slot in ("hour", "day"):
                found = sums.overview(opened, Filter(since=since), slot, kept)
                assert found == sums.overview(opened, Filter(since=since), slot)


def test_kept_sums_read_only_the_hours_that_changed(tmp_path: Path):
    path = tmp_path / "a.sqlite3"
    _store(SqliteSink(path), CALLS)
    kept, asked = sums.Kept(), list[list[object]]()
    wanted = Filter(since="2026-11-21T00:00:00.000Z")
    with sqlite(path) as opened:
        sums.overview(opened, wanted, "hour", kept)
    _store(SqliteSink(path), [row("7", time="2026-11-22T10:30:00.000Z")])
    with sqlite(path) as opened:

        def run(sql: str, parameters: Any) -> Iterator[tuple[Any, ...]]:
            if "duration_seconds" in sql:
                asked.append(list(parameters))
            return opened.run(sql, parameters)

        sums.overview(Database(run=run, minute=opened.minute), wanted, "hour", kept)
    assert asked == [["2026-11-22T10:00:00.000Z"]]


def test_percentiles_are_of_the_calls_that_succeeded(tmp_path: Path):
    rows = [row(f"{n:03}", duration_seconds=float(n), outcome="success") for n in range(1, 101)]
    _store(SqliteSink(tmp_path / "a.sqlite3"), [*rows, row("slow", duration_seconds=900.0, outcome="failure")])
    with sqlite(tmp_path / "a.sqlite3") as opened:
        (found,) = sums.overview(opened, Filter()).by_model
    assert (found.p50_seconds, found.p95_seconds, found.calls, found.failed) == (50.0, 95.0, 101, 1)


@pytest.mark.parametrize("kind", ["total", "recent"])
def test_100_000_calls_are_read_from_an_index(tmp_path: Path, kind: str):
    """It takes 0.15 s of CPU; reading whole rows, perhaps with prompts, takes three times as long."""
    rows = [row(f"{n:06}", time=f"2026-11-21T{n % 24:02}:{n % 60:02}:00.000Z") for n in range(100_000)]
    _store(SqliteSink(tmp_path / "a.sqlite3"), rows)
    plans: list[str] = []
    with sqlite(tmp_path / "a.sqlite3") as opened:

        def run(sql: str, parameters: Any) -> Iterator[tuple[Any, ...]]:
            plans.extend(str(line[-1]) for line in opened.run(f"EXPLAIN QUERY PLAN {sql}", parameters))
            return opened.run(sql, parameters)

        watched = Database(run=run, minute=opened.minute)
        if kind == "total":
            assert sums.overview(watched, Filter(since="2026-11-20")).by_model[0].calls == 100_000
        else:
            assert len(list(history.recent(watched, Filter(since="2026-11-20"), 50))) == 50
    assert any("INDEX tool_calls_" in plan for plan in plans)
    assert not [plan for plan in plans if plan.startswith("SCAN tool_calls") and "INDEX" not in plan]
