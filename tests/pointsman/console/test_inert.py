"""Text from providers and clients is shown, but never interpreted by a terminal or a workflow."""

from __future__ import annotations

import json

import pytest

from custom_providers.registry.problems import Problem
from pointsman.console import report
from pointsman.console.annotations import annotation


@pytest.mark.parametrize(
    "control", ["\x1b[2J", "\x1b]0;title\x07", "\0", "\r", "\x9b2J", "\u202e", "\u2028", "\x1b[8m"]
)
def test_a_terminal_obeys_nothing(control: str, capsys: pytest.CaptureFixture[str]):
    report.result(f"openai  rejected  {control}FORGED")
    report.say(f"{control}FORGED")
    report.table([("openai", f"{control}FORGED")])

    printed = capsys.readouterr()
    assert printed.out.count("FORGED") + printed.err.count("FORGED") == 3
    assert all(each.isprintable() or each == "\n" for each in printed.out + printed.err)


@pytest.mark.parametrize("control", ["\x1b[2J", "\0", "\x7f", "\x9b2J", "\u202e", "\u200b", "\U000e0001"])
def test_nor_in_json(control: str, capsys: pytest.CaptureFixture[str]):
    data = {"detail": f"{control}FORGED ü"}
    report.as_json(data)

    printed = capsys.readouterr().out
    assert all(each.isprintable() or each == "\n" for each in printed)
    assert "ü" in printed
    assert json.loads(printed) == data


def test_our_own_colours_stay():
    assert report.inert("\x1b[32mok\x1b[0m \x1b[5mx") == "\x1b[32mok\x1b[0m ?[5mx"


def test_a_cell_of_a_table_begins_no_line(capsys: pytest.CaptureFixture[str]):
    report.table([("openai", "no\n::error::forged")])

    assert not any(line.startswith("::") for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize("command", ["::error::forged", "  ::add-mask::x", "##[error]forged", "a ##[group]x"])
def test_no_line_is_a_workflow_command(command: str, capsys: pytest.CaptureFixture[str]):
    """GitHub skips blanks before ``::``, and finds ``##[`` anywhere in a line."""
    report.say(f"the provider said: no\n{command}")
    report.result(command)

    printed = capsys.readouterr()
    lines = [*printed.out.splitlines(), *printed.err.splitlines()]
    assert len(lines) == 3
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in lines)


def test_an_annotation_is_one_line_without_controls():
    said = "no\n::error::forged\x1b[2J\r\0"
    line = annotation(Problem(file="providers.toml", line=3, where="a,b:c", message=said, hint=said))

    assert line.isprintable()
    assert line.count("\n") == 0
    assert line.startswith("::error file=providers.toml,line=3,title=a%2Cb%3Ac::")
