"""The record of an environment's contents, written into it once it is complete."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
from pathlib import Path

_NAME = "installed.txt"
_PIN = re.compile(r"^([a-z0-9._-]+==\S+(?: ; .*?)?) \\$", re.MULTILINE)
_SOURCES_OF_METADATA = ("pyproject.toml", "custom_providers/__init__.py")
"""The files from which an editable install copies dependencies, commands and version."""


def pins(lock: Path) -> set[str]:
    """The releases that ``lock`` pins, each with its environment marker."""
    return set(_PIN.findall(lock.read_text(encoding="utf-8")))


def project() -> str:
    """The record's entry for an editable install of this package."""
    digest = hashlib.sha256()
    for name in _SOURCES_OF_METADATA:
        with contextlib.suppress(FileNotFoundError):
            digest.update(Path(name).read_bytes())
    return f"this package, {digest.hexdigest()}"


def read(folder: Path) -> set[str]:
    """The contents of ``folder``; empty if it is incomplete, was moved, or its Python no longer runs."""
    try:
        place, *held = (folder / _NAME).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return set()
    # The commands of a moved environment start the Python at its old path.
    return set(held) if place == str(folder) and _runs(folder) else set()


def write(folder: Path, held: set[str]) -> None:
    """Records that ``folder`` is complete."""
    new = folder / f"{_NAME}.new"
    new.write_text("\n".join([str(folder), *sorted(held), ""]), encoding="utf-8")
    new.replace(folder / _NAME)


def remove(folder: Path) -> None:
    """Marks ``folder`` as incomplete until the next `write`."""
    (folder / _NAME).unlink(missing_ok=True)


def _runs(folder: Path) -> bool:
    python = folder / "bin" / "python"
    # After a system upgrade it may be a broken link.
    return os.access(python, os.X_OK) and subprocess.run([python, "-c", ""], check=False).returncode == 0  # noqa: S603
