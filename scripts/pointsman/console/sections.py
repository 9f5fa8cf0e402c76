"""A command group whose ``--help`` lists the commands in sections, each with its whole summary."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence

import click


class Sections(click.Group):
    """A group that is made of sections."""

    _sections: Mapping[str, Sequence[click.Command]]

    def arrange(self, sections: Mapping[str, Sequence[click.Command]]) -> None:
        """Adds the commands, under the section titles that ``--help`` shows, in this order."""
        self._sections = sections
        for commands in sections.values():
            for command in commands:
                self.add_command(command)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the sections."""
        del ctx
        return [str(command.name) for commands in self._sections.values() for command in commands]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes a list for each section."""
        del ctx
        width = max(len(str(command.name)) for commands in self._sections.values() for command in commands)
        for title, commands in self._sections.items():
            with formatter.section(title):
                formatter.write_dl([(str(command.name).ljust(width), _summary(command)) for command in commands])


def _summary(command: click.Command) -> str:
    """The first sentence of its help."""
    first = inspect.cleandoc(command.help or "").partition("\n\n")[0]
    return " ".join(first.split())
