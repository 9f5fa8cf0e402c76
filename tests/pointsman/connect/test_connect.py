"""``pointsman connect``: printed settings work as printed, and written ones can be undone."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from pointsman.connect.clients import CLIENTS
from pointsman.simulator import Simulator
from tests.pointsman.conftest import Command
from tests.running import MASTER_KEY, Proxy, clean_environment

CANARY = "sk-canary-3f9d1c7b5a"
KEYS = {"OPENROUTER_API_KEY": "sk-or-v1-" + "0" * 60 + "c0de", "LITELLM_MASTER_KEY": CANARY}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A separate home directory for each test."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def env(home: Path) -> Mapping[str, str]:
    return {"HOME": str(home), **KEYS}


@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_gets_url_model_and_variable_and_never_the_key(
    pointsman: Command, env: Mapping[str, str], client: str
):
    done = pointsman("connect", client, "--model", "openrouter/x/y", env=env)

    assert (done.returncode, done.stderr) == (0, "")
    assert "http://127.0.0.1:4000" in done.stdout
    assert "openrouter/x/y" in done.stdout
    assert "LITELLM_MASTER_KEY" in done.stdout
    assert CANARY not in done.stdout


@pytest.mark.parametrize("client", CLIENTS)
def test_json_has_the_same_for_programs(pointsman: Command, env: Mapping[str, str], client: str):
    done = pointsman("connect", client, "--json", env=env)

    told = json.loads(done.stdout)
    assert (told["client"], told["url"], told["key_env"]) == (client, "http://127.0.0.1:4000", "LITELLM_MASTER_KEY")
    assert told["model"] in told["models"]
    assert CANARY not in done.stdout


def test_only_models_that_can_answer_are_offered(pointsman: Command, env: Mapping[str, str]):
    models = json.loads(pointsman("connect", "opencode", "--json", env=env).stdout)["models"]

    providers = {name.partition("/")[0] for name in models if "/" in name}
    assert providers == {"ollama", "openrouter"}, "the other providers have no key"


def test_a_key_in_the_env_file_is_read_from_there(pointsman: Command, folder: Path, home: Path):
    (folder / ".env").write_text(f"LITELLM_MASTER_KEY={CANARY}\n")
    (folder / ".env").chmod(0o600)

    done = pointsman("connect", "claude-code", env={"HOME": str(home)})

    line = next(line for line in done.stdout.splitlines() if line.startswith("export LITELLM_MASTER_KEY"))
    said = subprocess.run(["sh", "-c", f"{line}; echo $LITELLM_MASTER_KEY"], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == CANARY


def test_the_key_itself_only_when_asked_for(pointsman: Command, env: Mapping[str, str]):
    assert f"LITELLM_MASTER_KEY={CANARY}" in pointsman("connect", "curl", "--with-key", env=env).stdout


@pytest.mark.parametrize("client", [name for name, client in CLIENTS.items() if client.file])
@pytest.mark.parametrize("with_key", [False, True])
def test_written_and_undone(pointsman: Command, env: Mapping[str, str], home: Path, client: str, with_key: bool):
    file = home / CLIENTS[client].file
    before = {"json": '{"theme": "dark"}', "toml": 'theme = "dark"\n', "yaml": "dark-mode: true\n"}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(before[CLIENTS[client].form.value])
    options = ("--with-key",) if with_key else ()

    written = pointsman("connect", client, "--write", "--model", "openrouter/x/y", *options, env=env)
    after = _values(file)
    again = pointsman("connect", client, "--write", "--model", "openrouter/x/y", *options, env=env)
    undone = pointsman("connect", client, "--undo", env=env)

    assert (written.returncode, again.returncode, undone.returncode) == (0, 0, 0), written.stderr + undone.stderr
    assert f"hint: the file as it was is in {file}.before-pointsman; --undo restores it" in written.stderr
    assert undone.stderr == f"{file}: restored\n"
    assert "up to date" in again.stderr
    assert "openrouter/x/y" in str(after)
    assert "dark" in str(after)
    assert _values(file) == _loaded(before[CLIENTS[client].form.value], file)
    assert (CANARY in str(after)) <= with_key
    assert not file.with_name(f"{file.name}.before-pointsman").exists()


def test_a_file_that_was_not_there_is_gone_after_undo(pointsman: Command, env: Mapping[str, str], home: Path):
    file = home / ".codex/config.toml"

    written = pointsman("connect", "codex", "--write", env=env)
    mode = stat.S_IMODE(file.stat().st_mode)
    undone = pointsman("connect", "codex", "--undo", env=env)

    assert written.stderr == (
        f"{file}: Codex now uses the proxy\n    hint: --undo removes this new file\n"
        "start it with:\n  # LITELLM_MASTER_KEY must hold a key of the proxy\n  codex\n"
    )
    assert mode == 0o600
    assert undone.stderr == f"{file}: removed\n"
    assert list(file.parent.iterdir()) == []


def test_undo_after_the_new_file_was_deleted_by_hand(pointsman: Command, env: Mapping[str, str], home: Path):
    file = home / ".codex/config.toml"
    pointsman("connect", "codex", "--write", env=env)
    file.unlink()

    undone = pointsman("connect", "codex", "--undo", env=env)

    assert (undone.returncode, undone.stderr) == (0, f"{file}: removed\n")
    assert list(file.parent.iterdir()) == []


def test_nothing_to_undo_is_said(pointsman: Command, env: Mapping[str, str], home: Path):
    done = pointsman("connect", "codex", "--undo", env=env)

    assert done.returncode == 3
    assert done.stderr == (
        f"{home}/.codex/config.toml: was not changed by pointsman\n    hint: there is nothing to undo\n"
    )


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("opnrouter/x", 'warning: only the default provider takes "opnrouter/x"; did you mean "openrouter/x"?'),
        ("openrouter/x", ""),
        ("qwen3", ""),
    ],
)
def test_a_model_name_that_looks_mistyped_is_a_warning(
    pointsman: Command, env: Mapping[str, str], model: str, says: str
):
    done = pointsman("connect", "curl", "--model", model, env=env)

    assert done.returncode == 0
    assert done.stderr.strip() == says
    assert model in done.stdout


def test_a_model_whose_provider_has_no_key_is_a_warning(pointsman: Command):
    done = pointsman("connect", "curl", "--model", "openrouter/x")

    assert done.stderr.startswith('warning: "openrouter/x" is answered with 404: ')
    assert "OPENROUTER_API_KEY" in done.stderr


def test_a_file_with_comments_is_left_as_it_is(pointsman: Command, env: Mapping[str, str], home: Path):
    file = home / ".config/opencode/opencode.json"
    file.parent.mkdir(parents=True)
    file.write_text('{\n  // mine\n  "theme": "dark"\n}\n')

    done = pointsman("connect", "opencode", "--write", env=env)

    assert done.returncode == 3
    assert done.stderr.startswith(f"{file}: cannot be changed safely")
    assert file.read_text() == '{\n  // mine\n  "theme": "dark"\n}\n'
    assert list(file.parent.iterdir()) == [file]


FILES = {
    "tabs, no line break at the end": ("claude-code", b'{\n\t"theme": "dark",\n\t"env": {"A": "1"}\n}'),
    "one line": ("claude-code", b'{"theme":"dark"}'),
    "line ends and mark of Windows": ("claude-code", b'\xef\xbb\xbf{\r\n    "theme": "dark"\r\n}\r\n'),
    "comments": ("codex", b'# mine\nmodel = "old"  # the good one\n\n[model_providers.mine]\nname="x"\n# end'),
    "a table at the end": ("codex", b'theme = "dark"\n[tui]\nx = 1\n'),
    "TOML of Windows": ("codex", b'theme = "dark"\r\n\r\n[tui]\r\nx = 1\r\n'),
    "a list, comments": ("aider", b"# mine\nmodel: old  # the good one\n\nread:\n  - a.md\n# end"),
    "YAML of Windows": ("aider", b"dark-mode: true\r\nmodel: old\r\n"),
}


@pytest.mark.parametrize(("client", "before"), FILES.values(), ids=FILES)
def test_undo_restores_every_byte(pointsman: Command, env: Mapping[str, str], home: Path, client: str, before: bytes):
    file = home / CLIENTS[client].file
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(before)

    written = pointsman("connect", client, "--write", "--model", "openrouter/x/y", env=env)
    after = file.read_bytes()
    undone = pointsman("connect", client, "--undo", env=env)

    assert (written.returncode, undone.returncode) == (0, 0), written.stderr + undone.stderr
    assert b"openrouter/x/y" in after
    assert after.count(b"\n") == after.count(b"\r\n" if b"\r\n" in before else b"\n")
    assert file.read_bytes() == before


def test_a_link_stays_one_and_its_file_is_restored(
    pointsman: Command, env: Mapping[str, str], home: Path, tmp_path: Path
):
    kept, link = tmp_path / "dotfiles.json", home / ".claude/settings.json"
    kept.write_text('{"theme": "dark"}')
    link.parent.mkdir()
    link.symlink_to(kept)

    pointsman("connect", "claude-code", "--write", env=env)
    assert "ANTHROPIC_BASE_URL" in kept.read_text()
    pointsman("connect", "claude-code", "--undo", env=env)

    assert link.is_symlink()
    assert kept.read_text() == '{"theme": "dark"}'


def test_undo_removes_what_a_link_to_nothing_led_to(
    pointsman: Command, env: Mapping[str, str], home: Path, tmp_path: Path
):
    link = home / ".claude/settings.json"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "dotfiles.json")

    pointsman("connect", "claude-code", "--write", "--with-key", env=env)
    assert CANARY in link.read_text()
    pointsman("connect", "claude-code", "--undo", env=env)

    assert link.is_symlink()
    assert not (tmp_path / "dotfiles.json").exists()


def test_a_read_only_file_is_left_as_it_is(pointsman: Command, env: Mapping[str, str], home: Path):
    file = home / ".aider.conf.yml"
    file.write_text("dark-mode: true\n")
    file.chmod(0o444)

    done = pointsman("connect", "aider", "--write", env=env)

    assert done.returncode == 3
    assert done.stderr.startswith(f"{file}: is read-only\n    hint: make it writable, or add the settings by hand: ")
    assert [path.name for path in home.iterdir()] == [".aider.conf.yml"]
    assert file.read_text() == "dark-mode: true\n"


def test_a_file_that_cannot_be_read_any_more_is_restored_by_hand(
    pointsman: Command, env: Mapping[str, str], home: Path
):
    file = home / ".claude/settings.json"
    file.parent.mkdir()
    file.write_text("{}")
    pointsman("connect", "claude-code", "--write", env=env)
    file.write_text("{")

    done = pointsman("connect", "claude-code", "--undo", env=env)

    assert done.returncode == 3
    assert f"hint: restore it by hand: {file}.before-pointsman is the file as it was" in done.stderr


@pytest.mark.parametrize(
    ("client", "options", "lines"),
    [
        ("claude-code", (), ["claude"]),
        ("codex", (), ["export LITELLM_MASTER_KEY=", "codex"]),
        ("codex", ("--with-key",), ["export LITELLM_MASTER_KEY=", "codex"]),
        ("opencode", ("--with-key",), ["opencode"]),
        ("aider", (), ["export LITELLM_MASTER_KEY=", 'export OPENAI_API_KEY="$LITELLM_MASTER_KEY"', "aider"]),
        ("kimi-cli", (), ["export LITELLM_MASTER_KEY=", 'export OPENAI_API_KEY="$LITELLM_MASTER_KEY"', "kimi"]),
    ],
)
def test_after_writing_it_says_how_to_start_the_client(
    pointsman: Command, folder: Path, home: Path, client: str, options: tuple[str, ...], lines: list[str]
):
    """Claude Code runs a command for its key; Codex reads it from a variable only."""
    (folder / ".env").write_text(f"LITELLM_MASTER_KEY={CANARY}\n")

    said = pointsman("connect", client, "--write", *options, env={"HOME": str(home)}).stderr

    found = said.partition("start it with:\n")[2].splitlines()
    assert len(found) == len(lines)
    assert all(line.strip().startswith(start) for line, start in zip(found, lines, strict=True))


def test_a_client_without_a_file_cannot_be_written(pointsman: Command, env: Mapping[str, str]):
    done = pointsman("connect", "curl", "--write", env=env)

    assert done.returncode == 2
    assert "curl has no file that can be written" in done.stderr


def test_the_folder_that_a_client_moved_is_found(pointsman: Command, env: Mapping[str, str], tmp_path: Path):
    pointsman("connect", "codex", "--write", env={**env, "CODEX_HOME": str(tmp_path / "moved")})

    assert (tmp_path / "moved/config.toml").exists()


@pytest.mark.proxy
@pytest.mark.parametrize("client", ["openai-sdk", "anthropic-sdk", "curl"])
def test_what_is_printed_answers_through_the_proxy(
    pointsman: Command, proxy: Proxy, simulator: Simulator, client: str, tmp_path: Path
):
    model = "openrouter/openai/gpt-oss-120b:free"
    printed = pointsman("connect", client, "--url", proxy.url, "--model", model).stdout
    program = tmp_path / "printed"
    program.write_text(printed)
    command = ["sh", str(program)] if client == "curl" else [sys.executable, str(program)]

    done = subprocess.run(
        command,
        env={**clean_environment(), "LITELLM_MASTER_KEY": MASTER_KEY, "PATH": os.environ["PATH"]},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "PONG" in done.stdout or "hello" in done.stdout.lower()


def _values(file: Path) -> object:
    return _loaded(file.read_text(), file)


def _loaded(text: str, file: Path) -> object:
    if file.suffix == ".toml":
        return tomllib.loads(text)
    return json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
