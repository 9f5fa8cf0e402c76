"""The master key that ``serve`` generates and stores in the ``.env`` file without other changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pointsman.console.refusal import RefusalError
from pointsman.keys import master_key
from pointsman.sources import sources
from pointsman.sources.sources import Sources


def _sources(folder: Path) -> Sources:
    return sources.load(folder / "providers.toml", {})


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def test_a_new_one_goes_into_a_file_for_its_owner_only(folder: Path):
    key = master_key.ensure(_sources(folder))

    assert _lines(folder / ".env") == [f"LITELLM_MASTER_KEY={key.value}"]
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    assert master_key.ensure(_sources(folder)).value == key.value


def test_a_blank_line_of_it_is_filled_and_no_second_one_added(folder: Path):
    (folder / ".env").write_text("LITELLM_MASTER_KEY=\nKIMI_API_KEY=sk-kimi-0123456789\n")

    key = master_key.ensure(_sources(folder))

    assert _lines(folder / ".env") == [f"LITELLM_MASTER_KEY={key.value}", "KIMI_API_KEY=sk-kimi-0123456789"]


def test_a_linked_file_stays_linked(folder: Path):
    (folder / "secrets").mkdir()
    (folder / "secrets" / "keys.env").write_text("KIMI_API_KEY=sk-kimi-0123456789")
    (folder / ".env").symlink_to("secrets/keys.env")

    key = master_key.ensure(_sources(folder))

    assert (folder / ".env").is_symlink()
    assert _lines(folder / "secrets" / "keys.env")[-1] == f"LITELLM_MASTER_KEY={key.value}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_leaves_the_file_to_its_owner(folder: Path):
    (folder / ".env").write_text("KIMI_API_KEY=sk-kimi-0123456789\n")
    os.chown(folder / ".env", 12_345, 12_346)

    master_key.ensure(_sources(folder))

    status = (folder / ".env").stat()
    assert (status.st_uid, status.st_gid) == (12_345, 12_346)


def test_where_it_cannot_be_kept_the_variable_to_set_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch):
    around = _sources(folder)
    (folder / "providers.toml").unlink()
    folder.rmdir()

    with pytest.raises(
        RefusalError, match=r"LITELLM_MASTER_KEY: not set, and .*\.env cannot hold a new one"
    ) as refused:
        master_key.ensure(around)

    assert "set LITELLM_MASTER_KEY" in refused.value.hint


@pytest.mark.parametrize(
    ("value", "flawed"), [("sk-0123456789abc", False), ("sk-0123456789ab", True), ("x" * 40, True)]
)
def test_a_key_that_can_be_guessed_is_flawed(value: str, *, flawed: bool):
    assert bool(master_key.flaw(value)) == flawed
