"""How a command ends on wrong usage and on Ctrl-C: with the cause first, and a documented exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import IO, Any

import click

from pointsman.console.options import COULD_NOT_RUN, USAGE


class WrongUsageError(click.ClickException):
    """Ends the command with a message that is wrapped like all others."""

    exit_code = USAGE

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints the message."""
        from pointsman.console import report

        del file
        report.say(self.message)


class InterruptError(WrongUsageError):
    """Ends the command after Ctrl-C."""

    exit_code = COULD_NOT_RUN


class StoppingGroup(click.Group):
    """A command group that words click's usage errors, and those of its commands, as the other messages are."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parses the group's own arguments."""
        with _stopping():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Parses the command's arguments and runs it."""
        with _stopping():
            return super().invoke(ctx)


@contextlib.contextmanager
def _stopping() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # prints the help
    except click.UsageError as error:
        # click indents the values of a choice with tabs, one on each line.
        cause = " ".join(error.format_message().split())
        command = error.ctx.command_path if error.ctx else "pointsman"
        raise WrongUsageError(f"{cause}\n    hint: run `{command} --help`") from None
    except (KeyboardInterrupt, click.Abort):
        # click's own code for it is 1, which would mean problems found.
        click.echo(err=True)  # ends the line with the terminal's ^C
        raise InterruptError("interrupted") from None
