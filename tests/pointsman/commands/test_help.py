"""``--help``, and the page generated from it."""

from __future__ import annotations

import pytest

from pointsman.cli import main
from pointsman.connect.clients import CLIENTS
from tests.pointsman.commands import page
from tests.pointsman.conftest import Command


def test_the_page_about_commands_is_what_help_prints():
    assert page.PAGE.read_text() == page.text(), "run: python -m tests.pointsman.commands.page"


def test_every_command_is_in_a_section_with_its_whole_summary(pointsman: Command):
    shown = pointsman("--help", env={"COLUMNS": "80"}).stdout

    assert "..." not in shown.partition("Options:")[2]
    for name in main.commands:
        assert f"\n  {name.ljust(9)}  " in shown
    assert all(len(line) <= 80 for line in shown.splitlines())


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_summary_is_one_sentence(name: str):
    summary = (main.commands[name].help or "").partition("\n\n")[0]

    assert summary.endswith(".")
    assert len(summary) <= 80


@pytest.mark.parametrize("columns", ["60", "80"])
def test_the_help_of_connect_names_every_client_in_one_piece(pointsman: Command, columns: str):
    shown = pointsman("connect", "--help", env={"COLUMNS": columns}).stdout

    assert {name for name in CLIENTS if name in shown} == set(CLIENTS)
    assert all(len(line) <= int(columns) for line in shown.splitlines())
