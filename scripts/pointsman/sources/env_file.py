"""Sets a variable in the ``.env`` file next to the registry, and leaves the rest unchanged."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from pathlib import Path

from custom_providers.keys import lookup
from pointsman.console.files import write_atomically
from pointsman.console.refusal import RefusalError
from pointsman.sources.sources import read_key_file

_PLAIN = re.compile(r"[A-Za-z0-9_./+=:@%,~-]+")
"""Values that a shell, systemd, Docker and python-dotenv all read the same way without quotes."""
_LINE = re.compile(
    r"""
    (?P<before>\s*(?:export[^\S\r\n]+)?[^=]+=[^\S\r\n]*)
    (?: '(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" | [^\r\n]*? )
    (?P<after>(?:[^\S\r\n]+\#[^\r\n]*)?[^\S\r\n]*(?:\r\n|\n|\r|$))
    """,
    re.VERBOSE | re.DOTALL,
)


def store(path: Path, name: str, value: str) -> str:
    """Sets one variable of the file at ``path`` and returns its previous value; empty if it had none.

    A new file is readable by its owner only; an existing one keeps its mode and owner.

    Raises:
        RefusalError: the file cannot hold it.
        OSError: the file cannot be written; it is as it was.
        UnreadableKeyError: it cannot be read.
    """
    text = read_key_file(path) or ""
    write_atomically(path, with_variable(text, name, value), mode=0o600)
    return lookup.variables(text).get(name) or ""


def create(path: Path, text: str, *, mode: int) -> None:
    """Creates a file.

    Raises:
        FileExistsError: it exists.
        OSError: it cannot be written; nothing is left behind.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def assignments(variables: Mapping[str, str]) -> str:
    """The lines that set ``variables``."""
    return "".join(f"{name}={_written(value)}\n" for name, value in variables.items())


def with_variable(text: str, name: str, value: str) -> str:
    """``text`` with ``name`` set to ``value``: in its last line for that name, else in a new line at the end.

    Raises:
        RefusalError: the line would not be read back, for example after an unclosed quote.
    """
    changed = _replaced(text, name, value)
    if lookup.variables(changed).get(name) != value:
        raise RefusalError(f".env: {name} would not be read back from it", "close the quotes in it, or move it aside")
    return changed


def _replaced(text: str, name: str, value: str) -> str:
    from dotenv.parser import parse_stream

    bindings = list(parse_stream(io.StringIO(text, newline="")))
    parts = [binding.original.string for binding in bindings]
    lines = [number for number, binding in enumerate(bindings) if binding.key == name]
    if lines:
        parts[lines[-1]] = _set(parts[lines[-1]], name, value)
        return "".join(parts)
    gap = "\n" if text and not text.endswith(("\n", "\r")) else ""
    return f"{text}{gap}{assignments({name: value})}"


def _set(line: str, name: str, value: str) -> str:
    found = _LINE.fullmatch(line)
    if found is None:  # NAME alone, without "="
        return assignments({name: value})
    return f"{found['before']}{_written(value)}{found['after']}"


def _written(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
