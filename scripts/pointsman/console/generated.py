"""Files that pointsman generates as a whole; it overwrites only files that it wrote itself."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path

from pointsman.console import files, report
from pointsman.console.refusal import RefusalError

_HEAD = 1000
"""Bytes at the beginning that are searched for the mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """One kind of generated file."""

    mark: str
    """The text near the beginning that identifies the file, the same in every release."""
    reader: str
    """The program that reads it."""
    command: str
    """The command that writes it."""

    def foreign(self, path: Path) -> bool:
        """Whether there is a file at ``path`` that pointsman did not write.

        Raises:
            OSError: it cannot be read.
        """
        if not path.is_file():  # missing, or a stream such as /dev/stdout, which has no content
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD)
        return bool(head.strip()) and self.mark.encode() not in head

    def why_foreign(self, path: Path) -> RefusalError:
        """Returns the refusal to overwrite the file at ``path``."""
        return RefusalError(
            f"{path}: was not written by pointsman, and {self.reader} reads it",
            f"`{self.command} --replace` overwrites it and keeps a copy; -o writes another file",
        )

    def write(self, path: Path, text: str, *, replace: bool = False) -> bool:
        """Writes ``text`` if it differs from the file; returns whether it did.

        Args:
            path: the file.
            text: its new contents.
            replace: whether to overwrite a file that pointsman did not write, after keeping a copy.

        Raises:
            RefusalError: pointsman did not write the file, and ``replace`` is false.
            OSError: it cannot be read or written.
        """
        if not files.difference(path, text):
            return False
        if self.foreign(path):
            if not replace:
                raise self.why_foreign(path)
            report.say(f"{keep_copy(path)}: the file as it was")
        files.write_atomically(path, text)
        return True


def keep_copy(path: Path) -> Path:
    """Copies the file at ``path`` to a new name in the same folder, and returns the new path.

    Raises:
        OSError: it cannot be copied.
    """
    names = itertools.chain([f"{path.name}.old"], (f"{path.name}.old{number}" for number in itertools.count(2)))
    copy = next(candidate for candidate in map(path.with_name, names) if not candidate.exists())
    shutil.copy2(path, copy)
    return copy
