from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from custom_providers.observability.audit.record import Row, to_line
from custom_providers.observability.audit.storage import spool
from custom_providers.observability.audit.storage.spool import Spool, abandoned
from tests.observability.audit.rows import call_record
from tests.running import REPOSITORY


def _append(target: Spool, row_id: str, *, final: bool = True, **different: object) -> None:
    target.append(row_id, to_line(call_record(row_id, **different), final=final), final=final)


def _ids(records: list[Row]) -> list[object]:
    return [record["id"] for record in records]


def _left_behind(folder: Path) -> dict[str, list[object]]:
    """The rows of every abandoned spool: first the final ones, then the others."""
    return {
        path.name: _ids([row for batch in iter(reader.read, []) for row in batch] + list(reader.unfinished.values()))
        for path, reader in abandoned(folder)
    }


def _killed_writer(folder: Path, script: str) -> None:
    """Runs ``script``, with a spool ``s`` and ``add``, in another process, which then kills itself."""
    lines = (
        "import os, sys",
        "from pathlib import Path",
        "from tests.observability.audit.storage.test_spool import Spool, _append",
        "s = Spool(Path(sys.argv[1]))",
        "def add(row_id, **fields): _append(s, row_id, **fields)",
        script,
        f"os.kill(os.getpid(), {int(signal.SIGKILL)})",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines), str(folder)], cwd=REPOSITORY, check=False)
    assert done.returncode == -signal.SIGKILL


def test_final_rows_are_read_once_and_in_order(tmp_path: Path):
    own = Spool(tmp_path)
    _append(own, "a")
    _append(own, "b", final=False)
    _append(own, "c")
    assert _ids(own.read()) == ["a", "c"]
    assert own.read() == []
    _append(own, "b")
    assert _ids(own.read()) == ["b"]


def test_what_has_been_read_and_forgotten_takes_no_room(tmp_path: Path):
    own = Spool(tmp_path)
    _append(own, "a")
    own.forget_read()
    assert own.path.stat().st_size > 0, "it has not been read"
    own.read()
    own.forget_read()
    assert own.path.stat().st_size == 0
    _append(own, "b")
    assert _ids(own.read()) == ["b"]


def test_a_long_spool_is_shortened_to_the_calls_under_way(tmp_path: Path):
    own = Spool(tmp_path)
    _append(own, "open", final=False)
    for number in range(600):
        _append(own, f"row-{number}")
    while own.read():
        pass
    own.forget_read()
    assert own.path.read_bytes() == to_line(call_record("open"), final=False)
    assert [path.name for path in tmp_path.iterdir()] == [own.path.name]
    _append(own, "open")
    assert _ids(own.read()) == ["open"]
    assert own.unfinished() == []


def test_a_row_longer_than_a_read_is_read_whole(tmp_path: Path):
    own = Spool(tmp_path)
    _append(own, "long", prompt="x" * 1_000_000)
    _append(own, "short")
    assert _ids(own.read()) == ["long", "short"]


def test_the_spool_of_a_killed_process_is_found_with_the_calls_it_had_under_way(tmp_path: Path):
    _killed_writer(tmp_path, "add('a')\nadd('b', final=False)\nadd('c', final=False, status=None)\nadd('c')")
    assert list(_left_behind(tmp_path).values()) == [["a", "c", "b"]]


def test_the_spool_of_a_living_process_is_left_alone(tmp_path: Path):
    own = Spool(tmp_path)
    _append(own, "a")
    assert _left_behind(tmp_path) == {}


def test_half_a_line_and_other_rubbish_in_an_abandoned_spool_are_passed_over(tmp_path: Path):
    (tmp_path / "1-a.rows").write_bytes(
        b"rubbish\n" + to_line(call_record("a"), final=True) + b'{"final": true, "row": {"id"'
    )
    assert _left_behind(tmp_path) == {"1-a.rows": ["a"]}


def test_a_rewrite_that_was_killed_half_way_loses_nothing(tmp_path: Path):
    _killed_writer(tmp_path, "add('a')\nspool = s.path.with_name(s.path.name + '.new')\nspool.write_bytes(b'{')")
    assert list(_left_behind(tmp_path).values()) == [["a"]]
    assert [path.suffix for path in tmp_path.iterdir()] == [".rows"]


def test_a_full_spool_takes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    own = Spool(tmp_path)
    monkeypatch.setattr(spool, "MAX_BYTES", 1000)
    _append(own, "a")
    with pytest.raises(OSError, match="the spool is full"):
        _append(own, "b")
    assert _ids(own.read()) == ["a"]


def test_a_line_that_the_disk_takes_in_part_only_leaves_no_trace(tmp_path: Path):
    """Simulates the full disk with a file size limit, which cuts the write short."""
    script = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); add('a')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (s.path.stat().st_size + 100,) * 2)\n"
        "for name in ('b', 'c'):\n"
        "    try: add(name)\n"
        "    except OSError: continue\n"
        "    raise SystemExit('the row was taken')\n"
        "assert s.path.read_bytes().count(b'\\n') == 1 and s.path.read_bytes().endswith(b'\\n')"
    )
    _killed_writer(tmp_path, script)
    assert list(_left_behind(tmp_path).values()) == [["a"]]


def test_only_the_owner_can_read_it(tmp_path: Path):
    own = Spool(tmp_path / "spool")
    assert own.path.stat().st_mode & 0o777 == 0o600
    assert own.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_none_is_an_error(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        Spool(tmp_path / "file" / "spool")
