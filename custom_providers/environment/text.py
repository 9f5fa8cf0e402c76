"""Cleans values that were copied or mounted, and finds characters that no key can contain."""

from __future__ import annotations

import re

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
"""A byte order mark, and zero-width characters that web pages and chat programs add to copied keys."""

_AROUND = (
    _INVISIBLE
    + "".join(map(chr, range(33)))
    + "\x7f\x85\xa0\u2028\u2029"
    + "\"'`\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"
)
_AFTER = re.compile(r"\s+#.*|(?<=[\"'])[,;]\s*$|(?:\\r)?\\n$", re.DOTALL)
"""A comment, which Docker and systemd take for a part of the value; the comma of a list; a line break in writing."""
_HEADER = r"(?:-H\s*[\"'])?(?:(?:(?:proxy-)?authorization|x-goog-api-key|(?:x-)?api[-_]key)\s*[:=]|bearer\s)"
_ASSIGNS = r"(?:(?:-|export|env|setx?|(?:set|declare|typeset)\s+-\w+)\s+[\"']?|environment=[\"']?|\$env:)?"
"""What stands before a variable's name in shells, Dockerfiles, compose files and systemd units."""
_REFERENCE = re.compile(r"\$\w|\$[{(]|\{\{|\{env:|%\w+%$|os\.environ/|op://|file:/|(?:/var)?/run/secrets/")
_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\S*\.\.\.|(?:sk-[\w-]*)?your[-_][\w-]*(?:key|token)(?:[-_]here)?|(?:sk-[\w-]*?)?(?:x{3,}|\*{3,})"
    r"|null|undefined",
    re.IGNORECASE,
)
"""What documentation and templates write instead of a key: "<API_KEY>", "sk-...", "xxx", "null"."""


def cleaned(value: str, name: str = "") -> str:
    """``value`` without surrounding blanks, line breaks, quotes, invisible characters and comments.

    A leading ``NAME=`` from a ``.env`` file, or the header that a key was copied with, is removed too.
    """
    line = rf"{_ASSIGNS}{re.escape(name)}[\"']?(?:\s*[=:]|\s+)|" if name else ""
    before = re.compile(line + _HEADER, re.IGNORECASE)
    rest = _bare(value)
    while found := before.match(rest):
        rest = _bare(rest[found.end() :])
    return rest


def _bare(value: str) -> str:
    return _AFTER.sub("", value.strip(_AROUND)).strip(_AROUND)


def key_flaws(value: str) -> tuple[str, ...]:
    """Why the cleaned ``value`` cannot be a key of any provider, without showing it."""
    found = []
    if any(character.isspace() for character in value):
        found.append("contains white space")
    if not value.isascii():
        found.append("contains a non-ASCII character, such as a typographic dash or quote")
    if any(character.isascii() and not (character.isprintable() or character.isspace()) for character in value):
        found.append("has a control character")
    if _REFERENCE.match(value):
        found.append("is a reference, such as ${NAME}, that was not replaced with the key")
    if re.match(r"https?://", value, re.IGNORECASE):
        found.append("is a URL, not a key")
    if _PLACEHOLDER.fullmatch(value):
        found.append("is a placeholder such as your-api-key, not a key")
    return tuple(found)
