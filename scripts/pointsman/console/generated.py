"""Files that pointsman generates whole: it overwrites only those that it wrote itself."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path

from pointsman.console import files, report
from pointsman.console.refusal import RefusalError


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """One kind of generated file."""

    mark: str
    """Text near its beginning, in every release."""
    reader: str
    """What reads it."""
    command: str
    """What writes it."""

    def foreign(self, path: Path) -> bool:
        """Whether there is a file at ``path`` that pointsman did not write.

        Raises:
            OSError: it cannot be read.
        """
        if not path.is_file():  # nothing, or a stream such as /dev/stdout, which holds nothing
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD)
        return bool(head.strip()) and self.mark.encode() not in head

    def why_foreign(self, path: Path) -> RefusalError:
        """The refusal to overwrite the file at ``path``."""
        return RefusalError(
            f"{path}: was not written by pointsman, and {self.reader} reads it",
            f"`{self.command} --replace` overwrites it and keeps a copy; -o writes another file",
        )

    def write(self, path: Path, text: str, *, replace: bool = False) -> bool:
        """Writes ``text`` if it changes anything; returns whether it did.

        Args:
            path: the file.
            text: its new contents.
            replace: whether a file that pointsman did not write may be overwritten; a copy is kept.

        Raises:
            RefusalError: the file is somebody else's, and ``replace`` is false.
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
    """Copies the file at ``path`` to a new name next to it, which it returns.

    Raises:
        OSError: it cannot be copied.
    """
    names = itertools.chain([f"{path.name}.old"], (f"{path.name}.old{number}" for number in itertools.count(2)))
    copy = next(candidate for candidate in map(path.with_name, names) if not candidate.exists())
    shutil.copy2(path, copy)
    return copy


_HEAD = 1000
"""Bytes in which the mark is found."""
