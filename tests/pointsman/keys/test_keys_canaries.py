"""Keys never appear in a command's output, processes or files, even if it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pointsman.conftest import Command
from tests.pointsman.terminal import terminal

ENVIRONMENT = "sk-kimi-canary0environment0canary0wxyz"
DOTENV = "sk-proj-canary0dotenv0canary0dotenv0wxyz"
JSON_FILE = "sk-or-v1-canary0json0canary0json0wxyz"
REFERENCE = "sk-ant-canary0reference0canary0reference0wxyz"
ENTERED = "sk-kimi-canary0entered0canary0entered0canary0wxyz"
MASTER = "sk-canary0master0canary0master0wxyz"
PASSWORD = "canary0password0wxyz"

SPY = """#!/bin/sh
tr "\\0" " " </proc/$PPID/cmdline >>{spied}
echo "$0 $*" >>{spied}
echo {answer}
"""
"""Gives scripted answers, and records the arguments of itself and the command."""

COMMANDS = [
    ("keys",),
    ("keys", "--json"),
    ("keys", "set", "moonshot"),
    ("keys", "set", ENTERED),
    ("providers", "--json"),
    ("route", "kimi/k3", "--json"),
    ("render",),
    ("check",),
    ("check", "--json"),
    ("doctor",),
    ("doctor", "--json"),
    ("init", "--provider", "kimi", "--key-stdin"),
    ("init", "--provider", "kimi", "--key-stdin", "--registry", "new/providers.toml"),
    ("init", "--provider", "kimi", "--kimi-identity", ENTERED),
]


@pytest.fixture
def keyed(folder: Path) -> dict[str, str]:
    """Puts a key into every kind of source, and replaces every program with a spy; returns the environment."""
    registry = (folder / "providers.toml").read_text()
    registry = registry.replace(
        'auth_env = "ANTHROPIC_API_KEY"', 'auth_env = "ANTHROPIC_API_KEY"\nauth_ref = "op://a/b/c"'
    )
    gateway = '[gateway]\ndatabase_url_env = "DATABASE_URL"\nport = 1\n'
    (folder / "providers.toml").write_text(f"{registry}\n{gateway}")
    (folder / ".env").write_text(f"OPENAI_API_KEY={DOTENV}\n'{ENTERED}\n")
    (folder / "new").mkdir()
    (folder / "keys").mkdir()
    (folder / "keys" / "team.json").write_text(f'{{"OPENROUTER_API_KEY": "{JSON_FILE}"}}')
    (folder / "bin").mkdir()
    for command, answer in (("op", REFERENCE), ("systemctl", "LoadState=not-found")):
        (folder / "bin" / command).write_text(SPY.format(spied=folder / "spied", answer=answer))
        (folder / "bin" / command).chmod(0o755)
    return {
        "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
        "KIMI_API_KEY": ENVIRONMENT,
        "LITELLM_MASTER_KEY": MASTER,
        "DATABASE_URL": f"postgresql://me:{PASSWORD}@127.0.0.1:1/db",
        "PYTHONDEVMODE": "1",
        "PYTHONFAULTHANDLER": "1",
    }


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_key_is_in_what_a_command_prints_starts_or_writes(
    pointsman: Command, folder: Path, keyed: dict[str, str], arguments: tuple[str, ...]
):
    done = pointsman(*arguments, env=keyed, stdin=ENTERED)

    assert done.returncode in {0, 1, 2}
    assert "Traceback" not in done.stderr
    assert "canary" not in done.stdout + done.stderr
    holders = {folder / ".env", folder / "new" / ".env", folder / "keys" / "team.json", folder / "bin" / "op"}
    for path in (path for path in folder.rglob("*") if path.is_file() and path not in holders):
        assert path.suffix != ".env"
        text = path.read_text(errors="replace")
        assert "canary" not in text.replace(" ".join(arguments), ""), path.name


@pytest.mark.parametrize(
    "broken", ['{"OPENROUTER_API_KEY": "sk-or-v1-canary0json0canary"', '["sk-or-v1-canary0json0"]']
)
def test_a_broken_key_file_is_not_repeated(pointsman: Command, folder: Path, keyed: dict[str, str], broken: str):
    (folder / "keys" / "team.json").write_text(broken)

    for arguments in COMMANDS[:2]:
        done = pointsman(*arguments, env=keyed)
        assert "canary" not in done.stdout + done.stderr


def test_the_spies_are_called(pointsman: Command, folder: Path, keyed: dict[str, str]):
    pointsman("doctor", env=keyed)

    spied = (folder / "spied").read_text()
    assert "op read --no-newline op://a/b/c" in spied
    assert "systemctl show pointsman.service" in spied


def test_a_key_that_a_terminal_could_obey_is_not_sent_to_it(pointsman: Command):
    done = pointsman("keys", env={"KIMI_API_KEY": "sk-kimi-canary0canary\x1b[2J"})

    assert "\x1b" not in done.stdout
    assert "  unusable  " in done.stdout
    assert "a control character" in done.stdout


def test_a_key_is_no_argument_of_the_process_that_asks_for_it(folder: Path):
    with terminal(folder, "keys", "set", "kimi", env={"OPENAI_API_KEY": DOTENV}) as run:
        run.expect("KIMI_API_KEY: ")
        arguments = Path(f"/proc/{run.process.pid}/cmdline").read_bytes()
        run.type(ENTERED)

        assert run.end() == 0
        assert arguments.endswith(b"keys\0set\0kimi\0")
        assert "canary" not in run.seen
