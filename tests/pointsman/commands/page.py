"""Generates ``docs/commands.md`` from ``--help``: run ``python -m tests.pointsman.commands.page``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from pointsman.cli import main
from tests.running import REPOSITORY

PAGE = REPOSITORY / "docs" / "commands.md"

_HEAD = """\
# Commands

What `pointsman --help` and the `--help` of each command print. Output of every command with `--json` is described in
[json.md](json.md).

Exit codes: 0 ok; 1 problems found, such as a registry with errors, an outdated config or a rejected key; 2 wrong usage;
3 could not run, such as a file that cannot be read, no running proxy, or Ctrl-C.

While `pointsman serve --simulate` runs, `check`, `keys`, `route`, `providers`, `models`, `usage`, `connect`,
`dashboard`, `audit`, `doctor`, `smoke` and `reload` follow it: they use its simulated providers and keys, and say so.
A `serve` without `--simulate` comes first.

"""


def text() -> str:
    """The page as it should be."""
    return _HEAD + "\n".join(f"## {path}\n\n```\n{help_}\n```\n" for path, help_ in _helped(main, "pointsman", None))


def _helped(command: click.Command, path: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    settings = {"terminal_width": 80, **command.context_settings}
    with click.Context(command, info_name=path.rpartition(" ")[2], parent=parent, **settings) as context:
        yield path, command.get_help(context)
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                yield from _helped(command.commands[name], f"{path} {name}", context)


if __name__ == "__main__":
    Path(PAGE).write_text(text(), encoding="utf-8")
