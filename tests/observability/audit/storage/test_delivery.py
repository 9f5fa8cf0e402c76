"""The delivery thread during failures of spool and database, and at shutdown."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from custom_providers.observability.audit.record import Row, to_line
from custom_providers.observability.audit.storage import delivery
from custom_providers.observability.audit.storage.delivery import Delivery
from custom_providers.observability.audit.storage.sink import RowRefusedError, SinkDownError
from custom_providers.observability.audit.storage.spool import Spool, SpoolReader, abandoned
from custom_providers.observability.audit.storage.sqlite import SqliteSink
from tests.observability.audit.rows import call_record
from tests.patience import eventually
from tests.running import REPOSITORY


class Memory:
    """An in-memory database that fails on demand."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.down = threading.Event()
        self.tried = threading.Event()
        self.hangs = threading.Lock()
        self.refused: set[object] = set()

    def store(self, rows: Sequence[Row]) -> None:
        self.tried.set()
        with self.hangs:
            pass
        if self.down.is_set():
            raise SinkDownError("it is down")
        if any(record["id"] in self.refused for record in rows):
            raise RowRefusedError("not this one")
        self.rows += rows

    def close(self) -> None:
        pass

    def ids(self) -> list[object]:
        return [record["id"] for record in self.rows]


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_PATIENCE", (0.01, 0.02))
    monkeypatch.setattr(delivery, "_GATHERING", 0.0)


def _started(folder: Path, memory: Memory) -> Delivery:
    begun = Delivery(folder, memory)
    begun.start()
    return begun


def test_a_row_reaches_the_database_and_leaves_nothing_behind(tmp_path: Path, memory: Memory):
    begun = _started(tmp_path, memory)
    begun.put(call_record("a"), final=False)
    begun.put(call_record("a"), final=True)
    begun.put(call_record("b"), final=True)
    begun.stop()
    assert memory.ids() == ["a", "b"]
    assert list(tmp_path.iterdir()) == []


def test_rows_wait_for_a_database_that_is_down_and_come_in_order_once_each(tmp_path: Path, memory: Memory):
    memory.down.set()
    begun = _started(tmp_path, memory)
    for number in range(2000):
        begun.put(call_record(f"{number:04}"), final=True)
    eventually(memory.tried.is_set)
    memory.down.clear()
    eventually(lambda: len(memory.rows) == 2000)
    begun.stop()
    assert memory.ids() == [f"{number:04}" for number in range(2000)]


def test_what_a_stopping_process_cannot_deliver_is_delivered_by_the_next(tmp_path: Path, memory: Memory):
    lines = (
        "import sys; from pathlib import Path",
        "from tests.observability.audit.storage.test_delivery import Memory, _started, call_record",
        "memory = Memory(); memory.down.set(); begun = _started(Path(sys.argv[1]), memory)",
        "begun.put(call_record('a'), final=True); begun.put(call_record('b'), final=False); begun.stop()",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines), str(tmp_path)], cwd=REPOSITORY, check=True)
    begun = _started(tmp_path, memory)
    eventually(lambda: len(memory.rows) == 2)
    begun.stop()
    assert memory.ids() == ["a", "b"]
    assert list(tmp_path.iterdir()) == []


def test_the_calls_under_way_at_the_end_are_stored_as_they_are(tmp_path: Path, memory: Memory):
    begun = _started(tmp_path, memory)
    begun.put(call_record("a", outcome="lost"), final=False)
    begun.stop()
    assert [(record["id"], record["outcome"]) for record in memory.rows] == [("a", "lost")]


def test_a_database_that_hangs_holds_nobody_up(tmp_path: Path, memory: Memory):
    with memory.hangs:
        begun = _started(tmp_path, memory)
        begun.put(call_record("a"), final=True)
        eventually(memory.tried.is_set)
        for number in range(100):
            begun.put(call_record(f"{number}"), final=True)
        assert memory.rows == []
    begun.stop()
    assert len(memory.rows) == 101


def test_a_row_that_the_database_refuses_is_set_aside_and_the_others_go_on(tmp_path: Path, memory: Memory):
    memory.refused = {"b"}
    begun = _started(tmp_path, memory)
    for row_id in "abc":
        begun.put(call_record(row_id), final=True)
    begun.stop()
    assert sorted(map(str, memory.ids())) == ["a", "c"]
    assert b'"id":"b"' in (tmp_path / delivery.REFUSED).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [delivery.REFUSED]


def test_without_a_spool_rows_go_by_way_of_memory(tmp_path: Path, memory: Memory):
    (tmp_path / "file").touch()
    begun = _started(tmp_path / "file" / "spool", memory)
    begun.put(call_record("a"), final=False)
    begun.put(call_record("a"), final=True)
    begun.stop()
    assert memory.ids() == ["a"]


def test_memory_is_bounded_and_what_is_lost_is_counted(
    tmp_path: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(delivery, "_IN_MEMORY", 3)
    monkeypatch.setattr(delivery, "_COMPLAINTS", 0.0)
    (tmp_path / "file").touch()
    stopped = Delivery(tmp_path / "file" / "spool", memory)
    for number in range(5):
        stopped.put(call_record(f"{number}"), final=True)
    assert "3 rows are in memory, 2 are lost" in caplog.text


def test_rows_that_were_in_memory_only_are_counted_at_the_end(
    tmp_path: Path, memory: Memory, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "file").touch()
    memory.down.set()
    begun = Delivery(tmp_path / "file" / "spool", memory)
    for number in range(1300):
        begun.put(call_record(f"{number}"), final=True)
    begun.start()
    eventually(memory.tried.is_set)
    begun.stop()
    assert "1300 rows were in memory only and are lost" in caplog.text


def test_a_spool_that_cannot_be_read_for_a_while_is_delivered_afterwards(
    tmp_path: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    failing = threading.Event()
    failing.set()

    class Unreliable(Spool):
        def read(self) -> list[Row]:
            if failing.is_set():
                raise OSError(errno.EIO, "Input/output error")
            return super().read()

    monkeypatch.setattr(delivery, "Spool", Unreliable)
    begun = _started(tmp_path, memory)
    begun.put(call_record("a"), final=True)
    eventually(lambda: "Input/output error" in caplog.text)
    failing.clear()
    eventually(lambda: memory.ids() == ["a"])
    begun.put(call_record("b"), final=True)
    begun.stop()
    assert memory.ids() == ["a", "b"]


def test_an_abandoned_spool_that_cannot_be_read_or_removed_holds_up_no_other(
    tmp_path: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "undeletable").mkdir()
    (tmp_path / "old-dead.rows").write_bytes(to_line(call_record("a"), final=True))
    whole = os.open(tmp_path / "old-dead.rows", os.O_RDONLY)

    def found(directory: Path) -> Iterator[tuple[Path, SpoolReader]]:
        yield directory / "unreadable", SpoolReader(-1)
        yield directory / "undeletable", SpoolReader(whole)
        yield from abandoned(directory)
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(delivery, "abandoned", found)
    begun = _started(tmp_path, memory)
    begun.put(call_record("b"), final=True)
    eventually(lambda: "b" in memory.ids())
    begun.stop()
    os.close(whole)
    assert memory.ids() == ["a", "a", "b"]
    assert [part in caplog.text for part in ("/unreadable: ", "/undeletable: ", "Too many open files")] == [True] * 3


def test_an_abandoned_spool_is_delivered_once_by_two_that_start_together(tmp_path: Path, memory: Memory):
    for number in range(20):
        (tmp_path / f"{number}-dead.rows").write_bytes(to_line(call_record(f"{number}"), final=True))
    both = [_started(tmp_path, memory) for _ in range(2)]
    eventually(lambda: len(memory.rows) >= 20)
    for begun in both:
        begun.stop()
    assert sorted(map(str, memory.ids())) == sorted(str(number) for number in range(20))


def test_it_delivers_to_sqlite(tmp_path: Path):
    begun = Delivery(tmp_path / "spool", SqliteSink(tmp_path / "audit.sqlite3"))
    begun.start()
    for number in range(1000):
        begun.put(call_record(f"{number}"), final=True)
    begun.stop()
    with contextlib.closing(sqlite3.connect(tmp_path / "audit.sqlite3")) as connection:
        assert connection.execute("SELECT COUNT(*) FROM tool_calls").fetchall() == [(1000,)]
