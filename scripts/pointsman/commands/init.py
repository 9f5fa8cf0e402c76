"""The command that creates a registry: init."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from pointsman.console.options import registry_option, registry_path


def _starters(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from pointsman.init.registry_text import STARTERS

    return [
        CompletionItem(name, help=starter.about) for name, starter in STARTERS.items() if name.startswith(incomplete)
    ]


def _known(_context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    from custom_providers.keys.redaction import shown
    from pointsman.init.registry_text import STARTERS

    for name in names:
        if name not in STARTERS:
            raise click.BadParameter(f"{shown(name)} is not one of {', '.join(STARTERS)}; write its row by hand")
    return names


def _agent(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and (not value.strip() or not value.isascii() or not value.isprintable()):
        raise click.BadParameter("it must be honest, caller, or a User-Agent such as claude-code/1.0.0")
    return value


@click.command(epilog="\b\nExample: pass show kimi | pointsman init --provider ollama --provider kimi --key-stdin")
@registry_option
@click.option(
    "--provider", "providers", multiple=True, callback=_known, shell_complete=_starters, help="A provider to set up."
)
@click.option(
    "--key-stdin",
    "keys_from_stdin",
    is_flag=True,
    help="Read the keys from stdin: NAME=key lines (provider or variable), or the one key alone.",
)
@click.option(
    "--kimi-identity",
    callback=_agent,
    metavar="honest|caller|USER-AGENT",
    help="The User-Agent that Kimi sees (honest: our own).",
)
@click.option(
    "--accept-risk",
    "accepted",
    metavar='"NAME, DATE"',
    help="Who accepts the risk of another product's name as --kimi-identity, and when.",
)
@click.option("--verify/--no-verify", default=None, help="Ask the providers about the keys at once (check --live).")
@click.pass_context
def init(context: click.Context, /, registry: Path | None, **answers: Any) -> None:
    """Write providers.toml and .env, asking for what is needed.

    The .env gets the keys and a strong master key. At a terminal it asks for what the options leave open, and for keys
    without echo; elsewhere it never waits. It never overwrites a file.
    """
    import os

    from pointsman.commands.check import check
    from pointsman.init import create as beginning
    from pointsman.init.interview import InitOptions

    path = registry_path(registry)
    if beginning.run(path, InitOptions(**answers), os.environ):
        context.invoke(check, registry=path, live=True)
