"""A command group whose ``--help`` lists the commands in sections, with untruncated summaries."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence

import click

from pointsman.console.stopping import StoppingGroup


class SectionedGroup(StoppingGroup):
    """A command group with sections."""

    _sections: Mapping[str, Sequence[click.Command]]

    def arrange(self, sections: Mapping[str, Sequence[click.Command]]) -> None:
        """Adds the commands by section title, in the order of ``--help``."""
        self._sections = sections
        for commands in sections.values():
            for command in commands:
                self.add_command(command)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Lists the commands in the order of the sections."""
        del ctx
        return [str(command.name) for commands in self._sections.values() for command in commands]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands for each section."""
        del ctx
        width = max(len(str(command.name)) for commands in self._sections.values() for command in commands)
        for title, commands in self._sections.items():
            with formatter.section(title):
                formatter.write_dl([(str(command.name).ljust(width), _summary(command)) for command in commands])


def _summary(command: click.Command) -> str:
    """The first sentence of the command's help."""
    first = inspect.cleandoc(command.help or "").partition("\n\n")[0]
    return " ".join(first.split())
