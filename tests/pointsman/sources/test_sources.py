"""Keys in real files in every condition, and from a scripted ``op`` command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from custom_providers.keys.unreadable_key import UnreadableKeyError
from pointsman.sources import one_password, sources
from pointsman.sources.sources import Sources, read_key_file

KEY = "sk-or-v1-canary0canary0canary0wxyz"
ROW = """
[[provider]]
name = "{name}"
kind = "openai"
base_url = "https://{name}.example/v1"
auth = "bearer"
auth_env = "{variable}"
default_model = "m"
{more}
"""


def row(name: str, more: str = "") -> str:
    return ROW.format(name=name, variable=f"{name.upper()}_KEY", more=more)


def load(folder: Path, *rows: str, env: dict[str, str] | None = None) -> Sources:
    (folder / "providers.toml").write_text("".join(rows))
    return sources.load(folder / "providers.toml", env or {})


def test_the_env_file_beside_the_registry_is_a_source_with_a_name_of_its_own(tmp_path: Path):
    (tmp_path / ".env").write_text(f"ONE_KEY={KEY}\n")

    found = load(tmp_path, row("one")).searches()["one"]

    assert found.key is not None
    assert (found.key.value, found.key.source) == (KEY, "$ONE_KEY in .env")


def test_the_environment_comes_before_the_env_file(tmp_path: Path):
    (tmp_path / ".env").write_text("ONE_KEY=other\n")

    found = load(tmp_path, row("one"), env={"ONE_KEY": KEY}).searches()["one"]

    assert found.key is not None
    assert (found.key.value, found.key.source) == (KEY, "$ONE_KEY")


def test_a_blank_variable_does_not_hide_the_env_file(tmp_path: Path):
    (tmp_path / ".env").write_text(f"ONE_KEY={KEY}\n")

    loaded = load(tmp_path, row("one"), env={"ONE_KEY": " "})

    assert loaded.env["ONE_KEY"] == KEY


def test_key_files_are_found_from_the_registrys_folder_and_the_home_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "keys.json").write_text(f'{{"ONE_KEY": "{KEY}"}}')
    (tmp_path / "keys.toml").write_text(f'[two]\napi_key = "{KEY}"\n')

    found = load(
        tmp_path, row("one", 'auth_fallback_files = ["~/keys.json"]'), row("two", 'auth_fallback_files = ["keys.toml"]')
    ).searches()

    assert [search.key.source for search in found.values() if search.key] == ["~/keys.json", "keys.toml"]


@pytest.mark.parametrize(
    ("file", "problem"),
    [("~nobody-here/keys.env", "there is no such home directory"), ("keys\\u0000.env", "is not a valid file name")],
)
def test_a_path_that_cannot_be_is_a_problem(tmp_path: Path, file: str, problem: str):
    found = load(tmp_path, row("one", f'auth_fallback_files = ["{file}"]')).searches()["one"]

    assert [text.rpartition(": ")[2] for text in found.problems] == [problem]


def test_a_file_that_is_not_there_is_no_trouble(tmp_path: Path):
    assert read_key_file(tmp_path / "nothing.env") is None


def _directory(path: Path) -> None:
    path.mkdir()


def _dangling_link(path: Path) -> None:
    path.symlink_to("gone")


def _circular_link(path: Path) -> None:
    path.symlink_to(path)


def _huge(path: Path) -> None:
    path.write_bytes(b"A=1\n" * 300_000)


def _latin1(path: Path) -> None:
    path.write_bytes(b"A=\xe9\n")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_directory, "is not a regular file"),
        (os.mkfifo, "is not a regular file"),
        (_dangling_link, "is a link to gone, which does not exist"),
        (_circular_link, "too many levels of symbolic links"),
        (_huge, "is larger than 1 MB, too large for a key file"),
        (_latin1, "is not UTF-8"),
    ],
)
def test_what_is_no_readable_file_is_told_in_a_word(tmp_path: Path, make, said: str):
    path = tmp_path / "keys.env"
    make(path)

    with pytest.raises(UnreadableKeyError, match=said):
        read_key_file(path)


def test_a_file_of_somebody_else_is_told_in_a_word(tmp_path: Path):
    path = tmp_path / "keys.env"
    path.write_text("A=1\n")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")

    with pytest.raises(UnreadableKeyError, match="permission denied"):
        read_key_file(path)


def test_a_file_below_a_file_is_told_in_a_word(tmp_path: Path):
    (tmp_path / "keys").write_text("")

    with pytest.raises(UnreadableKeyError, match="not a directory"):
        read_key_file(tmp_path / "keys" / "one.env")


@pytest.fixture
def fake_op(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts an ``op`` command with the given shell lines first on PATH."""

    def install(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "op").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "op").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    return install


REFERENCE = "op://Sign-in/Open Router/credential"


def test_a_reference_is_read_by_its_exact_name(fake_op, tmp_path: Path):
    fake_op(f'[ "$*" = "read --no-newline {REFERENCE}" ] && printf %s "{KEY}"')

    found = load(tmp_path, row("one", f'auth_ref = "{REFERENCE}"')).searches()["one"]

    assert found.key is not None
    assert (found.key.value, found.key.source) == (KEY, REFERENCE)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            f"echo \"[ERROR] could not read secret '{REFERENCE}': it isn't an item in the vault.\" >&2; exit 1",
            "no such vault, item or field",
        ),
        ("""echo "[ERROR] \\"Sign-in\\" isn't a vault in this account." >&2; exit 1""", "no such vault, item or field"),
        ('echo "[ERROR] account is not signed in" >&2; exit 1', "locked or not signed in"),
        ('echo "[ERROR] You are not currently signed in. Run op signin" >&2; exit 1', "locked or not signed in"),
        ('echo "[ERROR] session expired, sign in to create a new session" >&2; exit 1', "locked or not signed in"),
        ('echo "[ERROR] authorization prompt dismissed, please try again" >&2; exit 6', "locked or not signed in"),
        (f"echo \"[ERROR] could not read secret '{REFERENCE}': disk\" >&2; exit 7", "failed with status 7"),
        ("printf '\\377'", "could not be run"),
    ],
)
def test_the_ways_in_which_1password_fails_are_told_apart(fake_op, script: str, said: str):
    fake_op(script)

    with pytest.raises(UnreadableKeyError, match=said):
        one_password.read(REFERENCE)


def test_an_op_that_is_not_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UnreadableKeyError, match="`op` is not installed"):
        one_password.read(REFERENCE)


def test_an_op_that_waits_is_left_after_its_time_also_when_it_has_started_others(
    fake_op, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(one_password, "SECONDS", 0.2)
    fake_op("sleep 3 & sleep 3")

    with pytest.raises(UnreadableKeyError, match=r"did not answer within 0\.2 s; is the vault locked"):
        one_password.read(REFERENCE)


def test_references_are_read_at_once(fake_op, tmp_path: Path):
    """Each ``op`` waits until both have started."""
    fake_op(f'mkdir "{tmp_path}/$$"; until [ $(ls -d {tmp_path}/[0-9]* | wc -l) = 2 ]; do sleep 0.02; done; echo {KEY}')

    found = load(tmp_path, row("one", 'auth_ref = "op://a/b/c"'), row("two", 'auth_ref = "op://a/b/d"')).searches()

    assert [search.key.value for search in found.values() if search.key] == [KEY, KEY]
