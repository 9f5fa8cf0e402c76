"""How ``pointsman connect`` shows what a client needs. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pointsman.connect.clients import Client
from pointsman.connect.connection import Connection
from pointsman.connect.settings import Form, changed


def lines(client: Client, connection: Connection, file: Path | None) -> Iterator[str]:
    """What to set, where, and how to start; the key itself only if the connection has it."""
    if client.snippet is not None:
        yield from key_lines(connection)
        yield client.snippet(connection).rstrip("\n")
        return
    variables = client.variables(connection)
    alone = bool(variables) and client.variables_suffice
    if alone:
        yield from key_lines(connection)
        yield from _exports(variables)
        yield client.start
        yield ""
    if file is not None:
        yield f"# {'or ' if alone else ''}in {file}"
        yield "# (`--write` puts it there and keeps a copy):"
        yield changed("", client.form, client.settings(connection)).rstrip("\n")
        if not alone:
            yield ""
            yield from key_lines(connection)
            yield from _exports(variables)
            yield client.start


def start_lines(client: Client, connection: Connection) -> Iterator[str]:
    """How to start the client after its settings have been written."""
    if not _finds_key(client, connection):
        yield from key_lines(connection)
        if not client.asks_for_key:
            variables = client.variables(connection).items()
            yield from _exports({name: value for name, value in variables if value == f'"${connection.key_env}"'})
    yield client.start


def _finds_key(client: Client, connection: Connection) -> bool:
    """Whether the client's settings have the key, or a command that prints it."""
    if connection.key is None:
        return client.asks_for_key and bool(connection.key_command)
    return connection.key in str([setting.value for setting in client.settings(connection)])


def _exports(variables: Mapping[str, str]) -> Iterator[str]:
    return (f"export {name}={value}" for name, value in variables.items())


def key_lines(connection: Connection) -> Iterator[str]:
    """How the key's variable gets its value in the shell that starts the client."""
    if connection.key is not None:
        yield f"export {connection.key_env}={connection.key}"
    elif connection.key_command:
        yield f"export {connection.key_env}=$({connection.key_command})"
    else:
        yield f"# {connection.key_env} must hold a key of the proxy"


def as_json(name: str, client: Client, connection: Connection, file: Path | None) -> dict[str, Any]:
    """The same for programs."""
    settings = json.loads(changed("", Form.JSON, client.settings(connection))) if file is not None else None
    return {
        "client": name,
        "url": connection.url,
        "key_env": connection.key_env,
        "model": connection.model,
        "models": [model.name for model in connection.models],
        "file": None if file is None else str(file),
        "settings": settings,
        "variables": dict(client.variables(connection)),
        "snippet": client.snippet(connection) if client.snippet else None,
        "documentation": client.source,
    }
