"""Writes files atomically, and compares their content."""

from __future__ import annotations

import difflib
import os
import tempfile
from pathlib import Path


def difference(path: Path, text: str) -> str:
    """Returns the unified diff from the content of ``path`` to ``text``; empty if they are byte for byte the same.

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
    """Writes ``content`` to ``path`` atomically: readers see the old file or the new one, even if the disk is full.

    An existing file keeps its mode, and its owner if root writes it. A link is followed; a device or pipe, such as
    /dev/stdout, is written directly.

    Raises:
        OSError: it could not be written; an existing file is unchanged.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if _is_stream(path):
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data, mode)
    except OSError as error:
        # The error names the temporary file, or no file if the disk is full; it should name this one.
        raise OSError(error.errno, error.strerror, str(path)) from None


def _is_stream(path: Path) -> bool:
    """Whether ``path`` is a device, a pipe or a socket, which has no content to compare."""
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
            # When root rewrites a service's file, the service must still be able to read it.
            os.chown(name, before.st_uid, before.st_gid)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
