"""The command writes files atomically, in the right place, and replaces only regular files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pointsman.console import files
from tests.pointsman.conftest import Command


def test_a_link_stays_one_and_what_it_names_is_written(tmp_path: Path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")

    files.write_atomically(tmp_path / "link", "new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_device_is_written_to_and_stays_one(tmp_path: Path):
    (tmp_path / "link").symlink_to(os.devnull)

    files.write_atomically(tmp_path / "link", "new")

    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    assert (tmp_path / "link").is_symlink()


def test_a_pipe_can_be_rendered_to(pointsman: Command, folder: Path):
    assert pointsman("render", "-o", "/dev/stdout").stdout == pointsman("render", "-o", "-").stdout
    assert sorted(path.name for path in folder.iterdir()) == ["providers.toml"]


def test_a_file_keeps_its_mode_and_a_new_one_gets_the_given(tmp_path: Path):
    (tmp_path / "old").touch(mode=0o640)

    for name in ("old", "new"):
        files.write_atomically(tmp_path / name, "text", mode=0o600)

    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("old", "new")] == [0o640, 0o600]


@pytest.mark.parametrize("before", [b"\xff\xfe", b"a\r\n", b"a", b""])
def test_other_bytes_are_a_difference(tmp_path: Path, before: bytes):
    path = tmp_path / "file"
    path.write_bytes(before)

    assert files.difference(path, "a\n")

    files.write_atomically(path, "a\n")
    assert files.difference(path, "a\n") == ""


@pytest.mark.parametrize(("arguments", "status"), [(["render", "--check"], 1), (["check"], 1), (["render"], 3)])
def test_a_config_that_is_no_text_is_not_current(pointsman: Command, folder: Path, arguments: list[str], status: int):
    (folder / "litellm_config.yaml").write_bytes(b"\xff\xfe")

    done = pointsman(*arguments)

    assert done.returncode == status
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_not_there_is_not_taken_for_a_missing_registry(pointsman: Command):
    done = pointsman("render", "-o", "nowhere/config.yaml")

    assert done.returncode == 3
    assert done.stderr == ("nowhere/config.yaml: no such file or directory\n    hint: check the path\n")
