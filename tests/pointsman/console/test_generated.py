"""Files that pointsman did not write are not overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pointsman.conftest import Command


@pytest.mark.parametrize(
    ("command", "file", "reader"),
    [
        ("render", "litellm_config.yaml", "`litellm --config` reads it"),
        ("schema", "providers.schema.json", "your editor reads it"),
    ],
)
def test_a_file_that_pointsman_did_not_write_is_replaced_only_on_demand(
    pointsman: Command, folder: Path, command: str, file: str, reader: str
):
    path = folder / file
    path.write_text("model_list: []\n")

    refused = pointsman(command)

    assert refused.returncode == 3
    assert f"{file}: was not written by pointsman, and {reader}" in refused.stderr
    assert f"`pointsman {command} --replace` overwrites it and keeps a copy" in refused.stderr
    assert path.read_text() == "model_list: []\n"

    replaced = pointsman(command, "--replace")
    assert replaced.returncode == 0
    assert path.with_name(f"{file}.old").read_text() == "model_list: []\n"
    assert path.read_text() != "model_list: []\n"

    path.write_text("something else\n")
    assert pointsman(command, "--replace").returncode == 0
    assert path.with_name(f"{file}.old2").read_text() == "something else\n"
    assert path.with_name(f"{file}.old").read_text() == "model_list: []\n"


@pytest.mark.parametrize("command", ["render", "schema"])
def test_its_own_file_is_written_again_without_a_copy(pointsman: Command, folder: Path, command: str):
    assert pointsman(command).returncode == 0
    before = sorted(path.name for path in folder.iterdir())
    registry = folder / "providers.toml"
    registry.write_text(registry.read_text().replace("[aliases]\n", '[aliases]\nnew = "fast"\n'))

    assert pointsman(command).returncode == 0
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.parametrize("command", ["render", "schema"])
def test_an_empty_file_holds_nothing_to_lose(pointsman: Command, folder: Path, command: str):
    (folder / "out").touch()

    assert pointsman(command, "-o", "out").returncode == 0
    assert (folder / "out").read_text()


def test_serve_does_not_start_beside_a_config_that_is_not_its_own(pointsman: Command, folder: Path):
    (folder / "litellm_config.yaml").write_text("model_list: []\n")

    failed = pointsman("serve")

    assert failed.returncode == 3
    assert "was not written by pointsman" in failed.stderr
    assert (folder / "litellm_config.yaml").read_text() == "model_list: []\n"


def test_check_says_so_too(pointsman: Command, folder: Path):
    (folder / "litellm_config.yaml").write_text("model_list: []\n")

    done = pointsman("check")

    assert done.returncode == 1
    assert "litellm_config.yaml: was not written by pointsman" in done.stderr
