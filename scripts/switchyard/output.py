"""Files that are written whole or not at all, and only when they change."""

from __future__ import annotations

import contextlib
import difflib
import os
import tempfile
from pathlib import Path


def difference(path: Path, text: str) -> str:
    """The unified diff from what stands in ``path`` to ``text``; empty when they are the same.

    Raises:
        OSError: ``path`` exists and cannot be read.
    """
    try:
        current = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        current = ""
    lines = difflib.unified_diff(
        current.splitlines(keepends=True), text.splitlines(keepends=True), str(path), f"{path} (new)"
    )
    return "".join(lines)


def write_atomically(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Writes ``text`` to ``path``: readers see the old file or the new one, also when the disk fills up.

    An existing file keeps its mode.

    Raises:
        OSError: it could not be written; ``path`` is as it was.
    """
    with contextlib.suppress(FileNotFoundError):
        mode = path.stat().st_mode & 0o777
    try:
        _replace(path, text, mode)
    except OSError as error:
        # About this file, not about the temporary one beside it, or none at all, as when the disk is full.
        raise OSError(error.errno, error.strerror, str(path)) from None


def _replace(path: Path, text: str, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
