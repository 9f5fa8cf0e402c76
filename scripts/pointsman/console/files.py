"""Files that are written whole or not at all, and only when they change."""

from __future__ import annotations

import difflib
import os
import tempfile
from pathlib import Path


def difference(path: Path, text: str) -> str:
    """The unified diff from the contents of ``path`` to ``text``; empty when they are the same, byte for byte.

    Raises:
        OSError: ``path`` exists and cannot be read.
    """
    try:
        current = b"" if _is_stream(path) else path.read_bytes()
    except FileNotFoundError:
        current = b""
    if current == text.encode():
        return ""
    lines = difflib.unified_diff(
        current.decode(errors="replace").splitlines(keepends=True),
        text.splitlines(keepends=True),
        str(path),
        f"{path} (new)",
    )
    return "".join(lines)


def write_atomically(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Writes ``content`` to ``path``: readers see the old file or the new one, also when the disk fills up.

    An existing file keeps its mode, and its owner if it is root who writes. A link is followed; a device or
    pipe, as /dev/stdout, is written to.

    Raises:
        OSError: it could not be written; a file at ``path`` is as it was.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if _is_stream(path):
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data, mode)
    except OSError as error:
        # About this file, not about the temporary one next to it, or none at all, as when the disk is full.
        raise OSError(error.errno, error.strerror, str(path)) from None


def _is_stream(path: Path) -> bool:
    """Whether it is a device, a pipe or a socket: so that it has no contents to compare."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _replace(path: Path, data: bytes, mode: int) -> None:
    before = path.stat() if path.exists() else None
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(before.st_mode & 0o777 if before else mode)
        if before and os.geteuid() == 0:
            # root changes a file of a service: the service still has to read it.
            os.chown(name, before.st_uid, before.st_gid)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
