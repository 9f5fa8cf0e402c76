"""A small file system for tests that can be filled, emptied and made read-only, even for root."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


class Disk:
    """A mounted tmpfs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    def fill(self) -> None:
        """Fills the disk."""
        with self._filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 4096)

    def empty(self) -> None:
        """Frees the space again."""
        self._filler.unlink()

    def writable(self, yes: bool) -> None:
        """Makes the disk writable or read-only."""
        _mount("-o", f"remount,{'rw' if yes else 'ro'}", str(self.path))


@contextlib.contextmanager
def disk(path: Path, size: str) -> Iterator[Disk]:
    """Mounts a disk of ``size`` at ``path``; skips the test if that is not permitted."""
    path.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", f"size={size},mode=0700", "pointsman-test", str(path))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a tmpfs cannot be mounted here: {error}")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)
