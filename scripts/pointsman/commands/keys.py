"""The commands about the keys themselves: keys, keys set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pointsman.console.completion import key_names
from pointsman.console.options import (
    OK,
    json_option,
    registry_option,
    verbose_option,
    with_followed_sources,
    with_sources,
)

if TYPE_CHECKING:
    from pointsman.keys.key_status import KeyStatus
    from pointsman.sources.sources import Sources


@click.group(invoke_without_command=True, epilog="\b\nExample: pointsman keys\n         pointsman keys set kimi")
@registry_option
@verbose_option
@json_option
@click.pass_context
def keys(context: click.Context, registry: Path | None, *, verbose: bool, as_json: bool) -> None:
    """List the providers' keys, or store one.

    Shows where each key was found and its last four characters, or what is wrong with it.
    """
    if context.invoked_subcommand is None:
        _list(registry=registry, verbose=verbose, as_json=as_json)
    elif registry is not None:
        context.find_root().params["registry"] = registry


@with_followed_sources
def _list(sources: Sources, *, verbose: bool, as_json: bool) -> int:
    from pointsman.console import report
    from pointsman.keys import key_status

    found = key_status.statuses(sources)
    if as_json:
        report.as_json({"ok": True, "keys": [key.as_json() for key in found]})
        return OK
    report.table([("PROVIDER", "VARIABLE", "KEY", "FROM"), *(_cells(key, verbose=verbose) for key in found)])
    return OK


def _cells(key: KeyStatus, *, verbose: bool) -> tuple[str, ...]:
    shown = f"...{key.last4}" if key.status == "found" else key.status.replace("_", " ")
    detail = key.detail if verbose or key.status != "missing" else ""
    return key.provider, key.variable or "-", shown, ": ".join(filter(None, (key.place, detail)))


_EXAMPLES = "\b\nExample: pointsman keys set kimi\n         pass show kimi | pointsman keys set KIMI_API_KEY"


@keys.command("set", short_help="Store a key in the .env next to the registry.", epilog=_EXAMPLES)
@click.argument("name", shell_complete=key_names)
@with_sources
@click.option("--force", is_flag=True, help="Store it even if it looks like another vendor's key.")
def set_key(sources: Sources, name: str, *, force: bool) -> int:
    """Store the key of NAME, a provider or its variable, in the .env next to the registry.

    Asks for the key without echo, or reads it from stdin if that is not a terminal; it is never an argument.
    """
    from custom_providers.keys.redaction import shown
    from pointsman.keys import entry, key_status, setting

    variable = key_status.variables(sources.registry).get(name)
    if variable is None:
        known = ", ".join(provider.name for provider in sources.registry.providers if provider.auth_env)
        raise click.UsageError(
            f"{shown(name)} is neither a provider with a key nor the variable of one; known: {known}"
        )
    text = entry.from_person(variable) if entry.on_terminal() else entry.from_stdin()
    setting.store(sources, variable, entry.sound(variable, text), force=force)
    return OK
