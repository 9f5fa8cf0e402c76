"""The line of every table, key and array item in a TOML text; ``tomllib`` reports none.

Only for text that ``tomllib`` has accepted: a scanner that need not refuse anything stays small and exact.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from custom_providers.registry.shapes import Path

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r""""(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_STRING = re.compile(
    r'''"""(?:[^\\]|\\.)*?"""(?!")|\'\'\'.*?\'\'\'(?!')|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''',
    re.DOTALL,
)
_BARE = re.compile(r"[^\s,\]}#]+(?: \d[\d:.+Zz-]*)?")
"""A number, a boolean, or a date, which may have its time behind a space."""


def lines_of(text: str) -> Mapping[Path, int]:
    """The 1-based line of each path in ``text``, which is valid TOML."""
    return _Scanner(text).scan()


class _Scanner:
    """One pass over a text: ``_at`` is where it is, ``_line`` the line there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._lines: dict[Path, int] = {}
        self._sizes: dict[Path, int] = {}
        """How many ``[[tables]]`` each array of tables has so far."""

    def scan(self) -> Mapping[Path, int]:
        table: Path = ()
        self._take(_BLANK)
        while self._at < len(self._text):
            if self._is("["):
                table = self._header()
            else:
                self._pair(table)
            self._take(_BLANK)
        return self._lines

    def _header(self) -> Path:
        line, brackets = self._line, 2 if self._is("[[") else 1
        self._skip(brackets)
        path: Path = ()
        for part in self._keys():
            path = self._last_table((*path, part))
            self._lines.setdefault(path, line)
        if brackets == 2:
            # The array's last table is the one before: this header begins another.
            array = path[:-1] if path[:-1] in self._sizes else path
            path = (*array, self._sizes.setdefault(array, 0))
            self._sizes[array] += 1
            self._lines[path] = line
        self._take(_BLANK)
        self._skip(brackets)
        return path

    def _last_table(self, path: Path) -> Path:
        return (*path, self._sizes[path] - 1) if path in self._sizes else path

    def _pair(self, table: Path) -> None:
        path, line = table, self._line
        for part in self._keys():
            path = (*path, part)
            self._lines.setdefault(path, line)
        self._take(_EQUALS)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._is("["):
            for position in self._items("]"):
                self._lines[*path, position] = self._line
                self._value((*path, position))
        elif self._is("{"):
            for _ in self._items("}"):
                self._pair(path)
        else:
            self._take(_STRING if self._is(('"', "'")) else _BARE)

    def _items(self, end: str) -> Iterator[int]:
        """Stops at each item of an array or inline table and gives its position."""
        self._skip(1)
        self._take(_BLANK)
        position = 0
        while not self._is(end):
            yield position
            position += 1
            self._take(_BLANK)
            if self._is(","):
                self._skip(1)
                self._take(_BLANK)
        self._skip(1)

    def _keys(self) -> Iterator[str]:
        """The parts of a dotted key."""
        self._take(_BLANK)
        yield _unquoted(self._take(_KEY))
        while _DOT.match(self._text, self._at):
            self._take(_DOT)
            yield _unquoted(self._take(_KEY))

    def _is(self, start: str | tuple[str, ...]) -> bool:
        return self._text.startswith(start, self._at)

    def _skip(self, characters: int) -> None:
        self._at += characters

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError(f"line {self._line}: this scanner and tomllib disagree on the TOML")
        self._line += found[0].count("\n")
        self._at = found.end()
        return found[0]


def _unquoted(key: str) -> str:
    if key[0] not in "\"'":
        return key
    return next(iter(tomllib.loads(f"{key} = 0")))
