"""Writes settings into a client's file, with a backup next to it, and removes them again."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from pointsman.connect.clients import Client
from pointsman.connect.connection import Connection
from pointsman.connect.settings import BY_HAND, Form, changed, restored, values
from pointsman.console.files import write_atomically
from pointsman.console.refusal import RefusalError

COPY = ".before-pointsman"
"""The suffix of a backup's name."""


def client_file(client: Client, env: Mapping[str, str]) -> Path:
    """The client's settings file on this machine."""
    if client.folder_env and (folder := env.get(client.folder_env, "").strip()):
        return Path(folder).expanduser() / Path(client.file).name
    return Path.home() / client.file


class Done(enum.Enum):
    """What happened to a client's file."""

    UNCHANGED = "unchanged"
    CREATED = "created"
    """It contains nothing else, as there was no file or an empty one before."""
    CHANGED = "changed"
    RESTORED = "restored"
    REMOVED = "removed"


def write(client: Client, connection: Connection, file: Path) -> Done:
    """Sets what the client needs in ``file``, after a backup the first time.

    Raises:
        RefusalError: the file cannot be changed without losing something.
        OSError: it cannot be read or written.
    """
    _require_writable(file)
    before = _text(file)
    after = _edited(file, lambda: changed(before, client.form, client.settings(connection)), BY_HAND)
    if after == before:
        return Done.UNCHANGED
    copy = _copy(file)
    # Clients' files may contain keys, so a new file is readable by its owner only.
    file.parent.mkdir(parents=True, exist_ok=True)
    if not copy.exists():
        write_atomically(copy, file.read_bytes() if file.exists() else b"", mode=0o600)
    write_atomically(file, _with_line_ends(after, file), mode=0o600)
    return Done.CHANGED if _text(copy).strip() else Done.CREATED


def undo(client: Client, connection: Connection, file: Path) -> Done:
    """Removes the settings from ``file``, restores the values that they replaced from the backup, and removes that.

    Raises:
        RefusalError: nothing was written, or the file cannot be read any more.
        OSError: a file cannot be read or written.
    """
    copy = _copy(file)
    if not copy.exists():
        raise RefusalError(f"{file}: was not changed by pointsman", "there is nothing to undo")
    _require_writable(file)
    before = _text(copy)
    # With a key and without one, because either may have been written.
    settings = [*client.settings(replace(connection, key=None)), *client.settings(replace(connection, key=""))]
    by_hand = f"restore it by hand: {copy} is the file as it was"
    after = _edited(file, lambda: restored(_text(file), before, client.form, settings), by_hand)
    # The backup of a file that did not exist is empty.
    removed = after.strip() in ("", "{}") and not before.strip()
    if removed:
        file.resolve().unlink(missing_ok=True)
    elif _same(after, before, client.form):
        write_atomically(file, copy.read_bytes())
    else:
        write_atomically(file, _with_line_ends(after, file))
    copy.unlink()
    return Done.REMOVED if removed else Done.RESTORED


def _same(after: str, before: str, form: Form) -> bool:
    """Whether nothing else has changed since, apart from blank lines, and in JSON from the form, which is not kept."""
    lines = [[line for line in text.splitlines() if line.strip()] for text in (after, before)]
    return bool(values(after, form) == values(before, form)) and (form is Form.JSON or lines[0] == lines[1])


def _with_line_ends(text: str, file: Path) -> bytes:
    """``text`` with the line ends of ``file``."""
    crlf = file.exists() and b"\r\n" in file.read_bytes()
    return (text.replace("\n", "\r\n") if crlf else text).encode()


def _require_writable(file: Path) -> None:
    """Respects a file that its owner has made read-only; replacing it would work nevertheless."""
    if file.exists() and not file.stat().st_mode & 0o222:
        raise RefusalError(f"{file}: is read-only", f"make it writable, or {BY_HAND}")


def _copy(file: Path) -> Path:
    return file.with_name(file.name + COPY)


def _text(file: Path) -> str:
    """The text of ``file``; empty if it does not exist."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise RefusalError(f"{file}: is not UTF-8", BY_HAND) from None


def _edited(file: Path, edit: Callable[[], str], hint: str) -> str:
    try:
        return edit()
    except RefusalError as error:
        raise RefusalError(f"{file}: {error}", hint) from None
