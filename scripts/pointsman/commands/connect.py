"""The command that connects a client to the proxy: connect."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pointsman.connect.clients import CLIENTS
from pointsman.console.completion import model_names
from pointsman.console.options import OK, json_option, with_followed_sources

if TYPE_CHECKING:
    from pointsman.connect.client_files import Done
    from pointsman.connect.connection import Connection
    from pointsman.sources.sources import Sources


# click breaks names at their hyphens, and \b keeps lines as they are.
_NAMES = textwrap.indent(textwrap.fill(", ".join(CLIENTS), 54, break_on_hyphens=False), "  ")
_EXAMPLES = "Example: pointsman connect claude-code\n         pointsman connect codex --write"


@click.command(epilog=f"\b\nClients:\n{_NAMES}\n\n\b\n{_EXAMPLES}")
@with_followed_sources
@click.argument("client", metavar="CLIENT", type=click.Choice(tuple(CLIENTS)))
@click.option("--url", metavar="URL", help="The proxy's URL (the running proxy of this registry).")
@click.option("--model", metavar="NAME", shell_complete=model_names, help="The model to start with.")
@click.option("--key-env", metavar="NAME", help="The variable that holds the client's key (the master key's).")
@click.option("--with-key", is_flag=True, help="Show or write the key itself.")
@click.option("--write", is_flag=True, help="Write the settings into the client's file, and keep a copy of it.")
@click.option("--undo", is_flag=True, help="Remove them from that file again.")
@json_option
def connect(sources: Sources, client: str, *, write: bool, undo: bool, as_json: bool, **options: str | bool) -> int:
    """Show what CLIENT needs to use the proxy, or write it to its file."""
    from pointsman.connect import client_files, instructions
    from pointsman.connect import connection as connections
    from pointsman.console import report

    chosen = CLIENTS[client]
    if write and undo:
        raise click.UsageError("--write and --undo exclude each other")
    if (write or undo) and not chosen.file:
        raise click.UsageError(f"{client} has no file that can be written: run this without --write and --undo")
    wanted = _connection(sources, options)
    if not undo and not options["url"] and (doubtful := connections.doubt(sources, wanted.model)):
        report.say(f"warning: {doubtful}")
    file = client_files.client_file(chosen, os.environ) if chosen.file else None
    if file is not None and undo:
        report.say(f"{file}: {client_files.undo(chosen, wanted, file).value}")
    elif file is not None and write:
        _say_written(file, chosen.title, client_files.write(chosen, wanted, file))
        start = "".join(f"\n  {line}" for line in instructions.start_lines(chosen, wanted))
        report.say(f"start it with:{start}", to_copy=True)
    elif as_json:
        report.as_json({"ok": True, **instructions.as_json(client, chosen, wanted, file)})
    else:
        report.result("\n".join(instructions.lines(chosen, wanted, file)))
    return OK


def _say_written(file: Path, title: str, done: Done) -> None:
    from pointsman.connect.client_files import COPY, Done
    from pointsman.console import report

    if done is Done.UNCHANGED:
        report.say(f"{file}: up to date")
        return
    kept = f"the file as it was is in {file}{COPY}; --undo restores it"
    hint = "--undo removes this new file" if done is Done.CREATED else kept
    report.say(f"{file}: {title} now uses the proxy\n    hint: {hint}")


def _connection(sources: Sources, options: dict[str, str | bool]) -> Connection:
    from pointsman.connect.connection import connection
    from pointsman.serve import followed_proxy

    gateway = sources.registry.gateway
    serves = followed_proxy.running(sources)
    return connection(
        sources,
        url=str(options["url"] or (serves.url if serves else gateway.listener.url)),
        key_env=str(options["key_env"] or gateway.master_key_env),
        model=str(options["model"]) if options["model"] else None,
        with_key=bool(options["with_key"]),
    )
