"""In the ``.env`` file, one variable changes and every other byte is kept."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_providers.keys.lookup import variables
from pointsman.console.refusal import RefusalError
from pointsman.sources import env_file

OLD = """\
# The team's keys.

export KIMI_API_KEY="sk-kimi-old"  # until May
OPENAI_API_KEY=one
OPENAI_API_KEY=two
NOT_A_KEY='several
OPENAI_API_KEY=in a text'
LAST=1"""


def test_one_line_changes_and_the_rest_stays_with_comments_and_order():
    assert env_file.with_variable(OLD, "KIMI_API_KEY", "sk-kimi-new") == OLD.replace('"sk-kimi-old"', "sk-kimi-new")


def test_of_several_lines_the_last_counts_and_is_changed():
    assert env_file.with_variable(OLD, "OPENAI_API_KEY", "three") == OLD.replace("=two", "=three")


def test_a_new_variable_gets_a_line_of_its_own_at_the_end():
    assert env_file.with_variable(OLD, "NEW", "x") == f"{OLD}\nNEW=x\n"
    assert env_file.with_variable("", "NEW", "x") == "NEW=x\n"


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("A=\n", "A=new\n"),
        ("A=old\r\n", "A=new\r\n"),
        ("A = old # why\n", "A = new # why\n"),
        ("A='o # d' # why\n", "A=new # why\n"),
        ("A=#old\n", "A=new\n"),
        ("A=old", "A=new"),
        ("A\n", "A=new\n"),
    ],
)
def test_a_line_keeps_its_form(line: str, changed: str):
    assert env_file.with_variable(f"# a\n{line}", "A", "new") == f"# a\n{changed}"


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_whatever_a_key_is_made_of_is_read_back(value: str):
    for text in ("", OLD, "A='x'\n", 'A="x" # c\n', "export A=x"):
        assert variables(env_file.with_variable(text, "A", value))["A"] == value


def test_a_file_in_which_the_line_would_be_lost_is_refused():
    with pytest.raises(RefusalError, match="A would not be read back"):
        env_file.with_variable("B='open\n", "A", "it's")


def test_a_new_file_is_for_its_owner_only_whatever_the_umask(tmp_path: Path):
    before = os.umask(0)
    try:
        env_file.store(tmp_path / ".env", "A", "x")
        env_file.create(tmp_path / "other", "A=x\n", mode=0o600)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == 0o600


def test_an_old_file_keeps_its_mode_and_a_link_stays_one(tmp_path: Path):
    (tmp_path / "real").write_text("A=x\n")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / ".env").symlink_to("real")

    env_file.store(tmp_path / ".env", "A", "y")

    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "real").read_text() == "A=y\n"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "real"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_that_root_changes_stays_its_owners(tmp_path: Path):
    (tmp_path / ".env").write_text("A=x\n")
    os.chown(tmp_path / ".env", 12_345, 12_346)

    env_file.store(tmp_path / ".env", "A", "y")

    after = (tmp_path / ".env").stat()
    assert (after.st_uid, after.st_gid) == (12_345, 12_346)


def test_a_file_that_is_there_is_not_created_again(tmp_path: Path):
    (tmp_path / ".env").write_text("A=x\n")

    with pytest.raises(FileExistsError):
        env_file.create(tmp_path / ".env", "B=y\n", mode=0o600)
    assert (tmp_path / ".env").read_text() == "A=x\n"
