"""The run file tells other processes which ``serve`` uses a state directory."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pointsman.console.refusal import RefusalError
from pointsman.serve import run_file
from pointsman.serve.run_file import FILE, Running

PROGRAM = """
import sys
from pathlib import Path
from pointsman.serve import run_file
here = dict(registry="/x/providers.toml", url="http://127.0.0.1:4000", host="127.0.0.1", port=4000)
with run_file.announced(Path(sys.argv[1]), run_file.this_process(**here)):
    print("announced", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def _serving(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Runs a process that announces itself, until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, directory],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "announced\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "state"


def test_it_is_found_while_it_runs_and_not_afterwards(directory: Path):
    assert run_file.find(directory) is None

    with _serving(directory) as process:
        found = run_file.find(directory)
        assert found
        assert (found.pid, found.registry, found.port) == (process.pid, "/x/providers.toml", 4000)

    assert run_file.find(directory) is None
    assert (directory / FILE).read_text() != "", "it was killed, and left its file"


def test_it_cleans_up_when_it_ends_by_itself(directory: Path):
    with _serving(directory) as process:
        process.communicate("")

    assert (directory / FILE).read_text() == ""
    assert run_file.find(directory) is None


def test_only_its_user_can_read_it(directory: Path):
    with _serving(directory):
        assert directory.stat().st_mode & 0o777 == 0o700
        assert (directory / FILE).stat().st_mode & 0o777 == 0o600


def test_the_first_of_two_keeps_the_state_directory(directory: Path, capsys: pytest.CaptureFixture[str]):
    with _serving(directory) as process:
        with run_file.announced(directory, _here()):
            assert "another `serve` uses this state directory" in capsys.readouterr().err
        found = run_file.find(directory)
        assert found
        assert found.pid == process.pid


def test_a_file_that_a_killed_serve_left_is_taken_over(directory: Path):
    with _serving(directory):
        pass
    with _serving(directory) as process:
        found = run_file.find(directory)
        assert found
        assert found.pid == process.pid


@pytest.mark.parametrize("change", [{"pid": 1, "born": "1"}, {"born": "1"}, {"pid": 2**22}])
def test_a_process_that_is_not_the_one_in_the_file_is_never_signalled(directory: Path, change: dict[str, object]):
    """The process id may come from another container, may be reused, or may be forged."""
    lying = replace(_here(), **change)  # type: ignore[arg-type]
    with run_file.announced(directory, lying), pytest.raises(RefusalError, match="is not process"):
        _find_elsewhere(directory)


@pytest.mark.parametrize("text", ["{}", "[1]", "not JSON", '{"colour": "blue"}'])
def test_a_file_of_another_release_is_reported_as_that(directory: Path, text: str):
    with run_file.announced(directory, _here()):
        (directory / FILE).write_text(text)
        with pytest.raises(RefusalError, match="another release"):
            _find_elsewhere(directory)


def test_where_nothing_can_be_written_serve_runs_without(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").touch()

    with run_file.announced(tmp_path / "file" / "state", _here()):
        pass

    assert "warning: `pointsman reload` will not work" in capsys.readouterr().err


def _here() -> Running:
    return run_file.this_process(registry="/x/providers.toml", url="http://127.0.0.1:1", host="127.0.0.1", port=1)


def _find_elsewhere(directory: Path) -> None:
    """Calls ``find`` in another process, since this one holds the lock; raises its refusal here."""
    program = (
        "import json, sys; from pathlib import Path; from pointsman.serve import run_file\n"
        "from pointsman.console.refusal import RefusalError\n"
        "try: run_file.find(Path(sys.argv[1])); print(json.dumps(None))\n"
        "except RefusalError as error: print(json.dumps([str(error), error.hint]))"
    )
    done = subprocess.run([sys.executable, "-c", program, directory], capture_output=True, text=True, check=True)
    if told := json.loads(done.stdout):
        raise RefusalError(*told)
