"""How ``pointsman connect`` shows what a client needs. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
    if variables := client.variables(connection):
        yield from key_lines(connection)
        yield from (f"export {name}={value}" for name, value in variables.items())
        yield client.start
        yield ""
    if file is not None:
        yield f"# {'or ' if variables else ''}in {file}"
        yield "# (`--write` puts it there and keeps a copy):"
        yield changed("", client.form, client.settings(connection)).rstrip("\n")
        if not variables:
            yield ""
            yield from key_lines(connection)
            yield client.start


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
