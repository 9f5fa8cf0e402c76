"""The two databases: their common contract and their differences."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from custom_providers.observability.audit.storage.postgres import PostgresSink, libpq_url
from custom_providers.observability.audit.storage.sink import RowRefusedError, Sink, SinkDownError
from custom_providers.observability.audit.storage.sqlite import SqliteSink
from tests.observability.audit.cluster import Cluster
from tests.observability.audit.rows import row

Answers = Callable[[str], list[tuple[object, ...]]]


class Database:
    """A database under test, with its sinks and its contents."""

    def __init__(self, sink: Callable[[], Sink], query: Answers) -> None:
        self.sink = sink
        self.query = query


@pytest.fixture(params=["sqlite", "postgres"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database, of each kind."""
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("database")
        yield Database(lambda: PostgresSink(cluster.url, "AUDIT_URL"), cluster.query)
        return
    path = tmp_path / "state" / "audit.sqlite3"

    def query(sql: str) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            return connection.execute(sql).fetchall()

    path.parent.mkdir()
    yield Database(lambda: SqliteSink(path), query)


def test_a_row_is_stored_with_all_its_columns(anywhere: Database):
    sink = anywhere.sink()
    sink.store([row("a", stream=True, cost=0.25, team=None)])
    sink.close()
    found = anywhere.query("SELECT id, model, stream, status, cost, team, tool_calls, adjustments FROM tool_calls")
    ((row_id, model, stream, status, cost, team, tools, adjustments),) = found
    assert (row_id, model, bool(stream), status, cost, team) == ("a", "fast", True, 200, 0.25, None)
    as_json = [json.loads(value) if isinstance(value, str) else value for value in (tools, adjustments)]
    assert as_json == [{"get_weather": 2}, ["temperature"]]


def test_a_row_that_comes_again_is_stored_once_and_stays_as_it_was(anywhere: Database):
    sink = anywhere.sink()
    sink.store([row("a", status=200), row("b")])
    sink.store([row("a", status=500), row("c"), row("c")])
    sink.close()
    assert anywhere.query("SELECT id, status FROM tool_calls ORDER BY id") == [("a", 200), ("b", 200), ("c", 200)]


def test_the_table_of_an_older_version_gets_the_columns_it_lacks(anywhere: Database):
    anywhere.query("CREATE TABLE tool_calls (id text PRIMARY KEY, status integer)")
    anywhere.query("INSERT INTO tool_calls VALUES ('old', 404)")
    sink = anywhere.sink()
    sink.store([row("new")])
    sink.close()
    assert anywhere.query("SELECT id, status, cost FROM tool_calls ORDER BY id") == [
        ("new", 200, 0.25),
        ("old", 404, None),
    ]


def test_several_processes_write_at_once_from_the_first_row_on(anywhere: Database):
    """Each process has its own connection, like workers; two of them write the same rows."""
    failures: list[Exception] = []

    def work(worker: int) -> None:
        sink = anywhere.sink()
        try:
            for number in range(20):
                sink.store([row(f"{worker // 2}-{number}-{part}") for part in range(5)])
        except Exception as error:  # noqa: BLE001 -- a thread's failure must reach the test
            failures.append(error)
        finally:
            sink.close()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert anywhere.query("SELECT COUNT(*) FROM tool_calls") == [(300,)]


@pytest.mark.parametrize("wrong", [{"status": 2**70}, {"model": "\ud800"}])
def test_a_row_that_no_database_takes_is_refused_and_stops_no_other(anywhere: Database, wrong: dict[str, object]):
    sink = anywhere.sink()
    with pytest.raises(RowRefusedError):
        sink.store([row("good"), {**row("bad"), **wrong}])
    sink.store([row("good")])
    sink.close()
    assert anywhere.query("SELECT id FROM tool_calls") == [("good",)]


def test_a_sqlite_file_that_is_moved_away_is_made_anew(tmp_path: Path):
    path = tmp_path / "audit.sqlite3"
    sink = SqliteSink(path)
    sink.store([row("a")])
    path.rename(tmp_path / "old.sqlite3")
    sink.store([row("b")])
    sink.close()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT id FROM tool_calls").fetchall() == [("b",)]


def test_only_the_owner_can_read_the_sqlite_file(tmp_path: Path):
    sink = SqliteSink(tmp_path / "audit.sqlite3")
    sink.store([row("a")])
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    sink.close()


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be looked at" * 40])
def test_a_sqlite_file_that_is_none_counts_as_down(tmp_path: Path, content: bytes):
    path = tmp_path / "audit.sqlite3"
    path.write_bytes(content)
    with pytest.raises(SinkDownError, match=r"audit\.sqlite3: file is not a database"):
        SqliteSink(path).store([row("a")])
    assert path.read_bytes() == content


def test_postgres_refuses_a_row_of_the_wrong_types(database: Cluster):
    sink = PostgresSink(database.url, "AUDIT_URL")
    with pytest.raises(RowRefusedError, match="double precision"):
        sink.store([row("a", cost={"a": 1})])
    sink.close()


def test_a_stopped_postgres_counts_as_down_until_it_is_back(database: Cluster):
    sink = PostgresSink(database.url, "AUDIT_URL")
    sink.store([row("a")])
    database.stop()
    try:
        for _ in range(2):
            with pytest.raises(SinkDownError):
                sink.store([row("b")])
    finally:
        database.start()
    sink.store([row("b")])
    sink.close()
    assert database.query("SELECT id FROM tool_calls ORDER BY id") == [("a",), ("b",)]


def test_a_postgres_table_that_is_dropped_is_made_anew(database: Cluster):
    sink = PostgresSink(database.url, "AUDIT_URL")
    sink.store([row("a")])
    database.query("DROP TABLE tool_calls")
    with pytest.raises(SinkDownError):
        sink.store([row("b")])
    sink.store([row("b")])
    sink.close()
    assert database.query("SELECT id FROM tool_calls") == [("b",)]


def test_an_up_to_date_table_needs_no_right_to_change_it(database: Cluster):
    owner = PostgresSink(database.url, "AUDIT_URL")
    owner.store([row("a")])
    owner.close()
    database.query("DROP ROLE IF EXISTS writer")
    database.query("CREATE ROLE writer LOGIN")
    database.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    database.query("GRANT INSERT, SELECT ON tool_calls TO writer")
    sink = PostgresSink(database.url.replace("postgres@", "writer@"), "AUDIT_URL")
    sink.store([row("b")])
    sink.close()
    database.query("REVOKE ALL ON tool_calls FROM writer")
    assert database.query("SELECT id FROM tool_calls ORDER BY id") == [("a",), ("b",)]


def test_without_a_url_no_local_database_is_written_to_by_chance():
    with pytest.raises(SinkDownError, match=r"^\$AUDIT_URL, .* is not set$"):
        PostgresSink("", "AUDIT_URL").store([row("a")])


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("postgresql://u:p%40ss@h:1/d", "postgresql://u:p%40ss@h:1/d"),
        ("postgresql://h/d?connection_limit=5&sslmode=require", "postgresql://h/d?sslmode=require"),
        ("postgresql://h/d?schema=x&pgbouncer=true", "postgresql://h/d"),
        ("postgresql://h/d?options=-c%20search_path%3Da", "postgresql://h/d?options=-c%20search_path%3Da"),
        ("host=h dbname=d", "host=h dbname=d"),
        ("host=h password=a://b", "host=h password=a://b"),
        ("postgresql://u:p[w]#?:s@h/d?schema=x", "postgresql://u:p[w]#?:s@h/d"),
        ("postgres://u:p@[::1]:5432,b:1/d?", "postgres://u:p@[::1]:5432,b:1/d"),
    ],
)
def test_urls_that_were_written_for_prisma_are_taken(written: str, taken: str):
    assert libpq_url(written) == taken


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("u:canary-word@h/d", "libpq cannot read it"),
        ("u:canary=word@h/d", "libpq cannot read it"),
        ("host=h password='canary", "libpq cannot read it"),
        ("jdbc:postgresql://u:canary@h/d", "libpq cannot read it"),
        ("mysql://u:canary@h/d", "does not begin with postgresql://"),
        ("postgresql://u:p@canary@h/d", 'has one "@" too many'),
        ("postgresql://u:p@canary:x@h/d", 'has one "@" too many'),
        ("postgresql://u:p/canary@h/d", 'has one "@" too many'),
        ("postgresql://u:p@1/canary@h/d?schema=x", 'has one "@" too many'),
        ("postgresql://u:p?/canary@h/d", 'after its "?"'),
        ("postgresql://u:p%canary@h/d", "libpq cannot read it"),
        ("postgresql://u:p%zcanary@h/d", "libpq cannot read it"),
        ("postgresql://u:\udc80canary@h/d", "libpq cannot read it"),
        ("postgresql://u:p@h/d?canary=x", "libpq cannot read it"),
        ("postgresql://u:canary", "is not a port"),
    ],
)
def test_what_is_wrong_with_a_url_is_told_and_nothing_of_the_url(url: str, told: str):
    with pytest.raises(SinkDownError) as caught:
        PostgresSink(url, "AUDIT_URL").store([row("a")])
    words = "".join(traceback.format_exception(caught.value))
    assert str(caught.value).startswith("$AUDIT_URL is not a Postgres URL: ")
    assert told in words
    assert "canary" not in words
