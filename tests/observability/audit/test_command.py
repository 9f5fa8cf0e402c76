"""``pointsman audit``: the same output from SQLite and Postgres."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from custom_providers.observability.audit.record import COLUMNS, to_line
from custom_providers.observability.audit.storage.postgres import PostgresSink
from custom_providers.observability.audit.storage.sqlite import SqliteSink
from pointsman.audit import call_tables
from pointsman.audit.queries import since
from tests.observability.audit.cluster import Cluster
from tests.observability.audit.rows import call_record, row
from tests.patience import SECONDS
from tests.running import BIN, clean_environment

REGISTRY = """
[[provider]]
name = "ollama"
base_url = "http://localhost:11434"
auth = "none"
default_model = "m"
"""
ROWS = [
    row("1", time="2026-11-20T10:00:00.000Z", outcome="failure", status=429, error_class="RateLimitError", cost=None),
    row(
        "2", time="2026-11-21T09:00:00.000Z", provider="kimi", upstream_model="kimi-k3", model="thinker", cost=1.5,
        retries=1, fallbacks=1, attempts=["openai/gpt-4o-mini", "openai/gpt-4o-mini", "kimi/kimi-k3"],
        error_message="Rate limit exceeded",
    ),
    row("3", time="2026-11-21T09:10:00.000Z", outcome="cancelled", key_alias="other", model="=1+1"),
    row(
        "4", time="2026-11-21T09:20:00.000Z", retries=0, prompt_tokens=12_345, completion_tokens=1_234_567,
        duration_seconds=600.0,
    ),
]  # fmt: skip

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(params=["sqlite", "postgres"])
def audit(request: pytest.FixtureRequest, tmp_path: Path) -> Command:
    """The command, in a folder whose proxy has written ``ROWS``."""
    variables: dict[str, str] = {}
    text = REGISTRY
    sink: Any
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("database")
        text += '[audit]\nurl_env = "AUDIT_URL"\n'
        variables["AUDIT_URL"] = cluster.url
        sink = PostgresSink(cluster.url, "AUDIT_URL")
    else:
        sink = SqliteSink(tmp_path / ".pointsman" / "audit.sqlite3")
    (tmp_path / "providers.toml").write_text(text)
    sink.store(ROWS)
    sink.close()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(BIN / "pointsman"), "audit", *arguments]
        env = {**clean_environment(), **variables}
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    return run


def _ids(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line)["id"] for line in done.stdout.splitlines()]


def test_json_lines_hold_every_column_of_every_row_oldest_first(audit: Command):
    done = audit("--jsonl")
    assert _ids(done) == ["1", "2", "3", "4"]
    assert [json.loads(line) for line in done.stdout.splitlines()] == ROWS


def test_csv_can_be_read_back_and_is_no_formula(audit: Command):
    read = list(csv.DictReader(io.StringIO(audit("--csv").stdout)))
    assert [line["id"] for line in read] == ["1", "2", "3", "4"]
    assert list(read[0]) == list(COLUMNS)
    assert (read[2]["model"], read[3]["stream"], read[3]["cost"]) == ("'=1+1", "true", "0.25")
    assert json.loads(read[3]["tool_calls"]) == {"get_weather": 2}


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["--provider", "kimi"], ["2"]),
        (["--provider", "openai"], ["1", "2", "3", "4"]),
        (["--model", "thinker"], ["2"]),
        (["--model", "gpt-4o-mini"], ["1", "3", "4"]),
        (["--key", "other"], ["3"]),
        (["--status", "429"], ["1"]),
        (["--status", "cancelled"], ["3"]),
        (["--since", "2026-11-21"], ["2", "3", "4"]),
        (["--since", "2026-11-21T10:15+01:00"], ["4"]),
        (["--provider", "openai", "--status", "success", "--since", "2026-11-21"], ["2", "4"]),
        (["-n", "2"], ["3", "4"]),
        (["--provider", "nobody"], []),
    ],
)
def test_filters(audit: Command, arguments: list[str], ids: list[str]):
    assert _ids(audit("--jsonl", *arguments)) == ids


@pytest.mark.parametrize("arguments", [(), ("--sum",)])
def test_that_nothing_matches_is_said(audit: Command, arguments: tuple[str, ...]):
    done = audit("--provider", "nobody", *arguments)

    assert (done.returncode, done.stderr) == (0, "no such call\n")
    assert len(done.stdout.splitlines()) == 1


def test_the_last_calls_in_columns(audit: Command):
    lines = audit("-n", "3").stdout.splitlines()
    assert lines == [
        "TIME (UTC)      ST MODEL        WENT TO                    IN   OUT  COST $ SECS",
        "11-21 09:00:00 200 thinker      kimi/kimi-k3               12    34  1.5000  1.5",
        "    openai failed 2 times: Rate limit exceeded",
        "11-21 09:10:00 200 =1+1         openai/gpt-4o-mini         12    34  0.2500  1.5",
        "    cancelled: the client left",
        "11-21 09:20:00 200 fast         openai/gpt-4o-mini      12.3k  1.2M  0.2500  600",
    ]


def test_sums_by_provider_and_model(audit: Command):
    found = json.loads(audit("--sum", "--json").stdout)["sums"]
    assert [(line["provider"], line["model"], line["calls"], line["failed"]) for line in found] == [
        ("kimi", "kimi-k3", 1, 0),
        # One failed, one went to kimi as a fallback, and one client disconnected.
        ("openai", "gpt-4o-mini", 4, 2),
    ]
    assert [(line["prompt_tokens"], line["completion_tokens"], line["cost"]) for line in found] == [
        (12, 34, 1.5),
        (12_369, 1_234_635, 0.5),
    ]
    assert audit("--sum").stdout.splitlines() == [
        "PROVIDER       MODEL               CALLS FAILED    IN   OUT   COST $ P50 S P95 S",
        "kimi           kimi-k3                 1      0    12    34   1.5000   1.5   1.5",
        "openai         gpt-4o-mini             4      2 12.4k  1.2M   0.5000   600   600",
    ]


def test_every_line_fits_80_characters(audit: Command):
    for arguments in ((), ("--sum",)):
        assert max(map(len, audit(*arguments).stdout.splitlines())) <= 80


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("follow", [False, True])
def test_names_share_the_width_of_a_terminal_by_need(width: int, *, follow: bool):
    """A long model that goes to a provider with a short name takes the room that the other column leaves."""
    long = "openrouter/nvidia/nemotron-3-super-120b-a12b:free"
    calls = [row("1", model=long, provider="openrouter", upstream_model=long.partition("/")[2], retries=0)]

    heading, line = call_tables.calls([calls], width, widen=follow)

    assert len(heading) == len(line) == (width if follow else min(width, 45 + len(long) + len("openrouter")))
    assert line.split()[3] in {long, f"{long[: len(line.split()[3]) - 1]}…"}
    assert (" openrouter " in line, long in line) == (width > 60, width == 200)


def test_a_name_with_a_quote_in_it_is_only_a_name(audit: Command):
    assert _ids(audit("--jsonl", "--model", "x' OR '1'='1")) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--status", "fine"], "it is an HTTP status or one of success, failure, cancelled, lost"),
        (["--since", "yesterday"], "it is 90m, 2h or 7d, a date, or a time"),
        (["--since", "999999d"], "it is 90m, 2h or 7d, a date, or a time"),
        (["--csv", "--json"], "choose one of --csv, --jsonl and --json"),
        (["--follow", "--sum"], "--follow works with --jsonl only"),
    ],
)
def test_wrong_usage(audit: Command, arguments: list[str], said: str):
    done = audit(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a registry, whose proxy has not run yet."""
    (tmp_path / "providers.toml").write_text(REGISTRY)
    return tmp_path


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "pointsman"), "audit", *arguments]
    return subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True, check=False)


def test_without_a_database_it_says_where_it_looked(folder: Path):
    done = _run(folder)
    assert done.returncode == 3
    assert f"{folder}/.pointsman/audit.sqlite3: no rows yet" in done.stderr


def test_without_the_variable_it_names_it(folder: Path):
    (folder / "providers.toml").write_text(f'{REGISTRY}[audit]\nurl_env = "AUDIT_URL"\n')
    done = _run(folder)
    assert done.returncode == 3
    assert done.stderr.startswith("$AUDIT_URL is not set")


def test_a_database_that_does_not_answer_is_one_line_without_its_password(folder: Path):
    (folder / "providers.toml").write_text(f'{REGISTRY}[audit]\nurl_env = "AUDIT_URL"\n')
    (folder / ".env").write_text("AUDIT_URL=postgresql://me:hunter2@127.0.0.1:1/none\n")
    done = _run(folder)
    assert done.returncode == 3
    assert "$AUDIT_URL: " in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_rows_that_a_dead_proxy_has_left_are_told_of(folder: Path):
    sink = SqliteSink(folder / ".pointsman" / "audit.sqlite3")
    sink.store(ROWS)
    sink.close()
    spool = folder / ".pointsman" / "spool"
    spool.mkdir()
    (spool / "1-dead.rows").write_bytes(to_line(call_record("5"), final=True) + to_line(call_record("6"), final=False))
    done = _run(folder, "-n", "1")
    assert done.stderr == "2 more wait in the spool: the next start of the proxy delivers them\n"


@pytest.mark.parametrize("export", [["--jsonl"], []])
def test_follow_shows_each_new_row_until_it_is_stopped(folder: Path, export: list[str]):
    sink = SqliteSink(folder / ".pointsman" / "audit.sqlite3")
    sink.store([ROWS[0], ROWS[3]])
    command = [str(BIN / "pointsman"), "audit", "-f", "-n", "1", *export]
    env = {**clean_environment(), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        shown = [following.stdout.readline() for _ in range(1 if export else 2)]
        sink.store([ROWS[2], row("0", time="2026-11-19T00:00:00.000Z", retries=0)])
        shown += [following.stdout.readline() for _ in range(2)]
        os.kill(following.pid, signal.SIGINT)
        assert following.wait(SECONDS) == 0
    sink.close()
    if export:
        assert [json.loads(line)["id"] for line in shown] == ["4", "0", "3"]
    else:
        assert [line[:11] for line in shown] == ["TIME (UTC) ", "11-21 09:20", "11-19 00:00", "11-21 09:10"]
        assert {line.index(word) for line, word in zip(shown, ("MODEL", *["fast"] * 2, "=1+1"), strict=True)} == {19}


def test_follow_waits_for_the_first_call(folder: Path):
    command = [str(BIN / "pointsman"), "audit", "-f", "--jsonl"]
    env = {**clean_environment(), "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, env=env, stdout=pipe, stderr=pipe, text=True) as following:
        assert following.stdout is not None
        assert following.stderr is not None
        assert following.stderr.readline() == "no calls yet; waiting for the first\n"
        sink = SqliteSink(folder / ".pointsman" / "audit.sqlite3")
        sink.store([ROWS[0]])
        sink.close()
        assert json.loads(following.stdout.readline())["id"] == ROWS[0]["id"]
        os.kill(following.pid, signal.SIGINT)
        assert following.wait(SECONDS) == 0


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90m", "2026-11-21T10:30:00.000Z"),
        ("2h", "2026-11-21T10:00:00.000Z"),
        ("7d", "2026-11-14T12:00:00.000Z"),
        ("2026-11-01", "2026-11-01T00:00:00.000Z"),
        ("2026-11-01T08:00:30", "2026-11-01T08:00:30.000Z"),
        ("2026-11-01T08:00+02:00", "2026-11-01T06:00:00.000Z"),
    ],
)
def test_since(text: str, moment: str):
    assert since(text, datetime(2026, 11, 21, 12, tzinfo=UTC)) == moment
