"""Cleans values that were copied or mounted, and finds characters that no key can contain."""

from __future__ import annotations

import re

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
"""A byte order mark, and zero-width characters that web pages and chat programs add to copied keys."""

_AROUND = _INVISIBLE + "".join(map(chr, range(33))) + "\x7f\x85\xa0\u2028\u2029" + "\"'`\u2018\u2019\u201c\u201d"
_HEADER = r"(?:-H\s*[\"'])?(?:(?:(?:proxy-)?authorization|x-api-key|x-goog-api-key|api-key)\s*:|bearer\s)"
_REFERENCE = re.compile(r"\$\w|\$\{|\{\{|%\w+%$|os\.environ/|op://")
_PLACEHOLDER = re.compile(r"<[^<>]*>|\S*\.\.\.|(?:sk-[\w-]*)?your[-_][\w-]*(?:key|token)(?:[-_]here)?", re.IGNORECASE)
"""What documentation writes instead of a key: "<API_KEY>", "sk-...", "your-api-key-here"."""


def cleaned(value: str, name: str = "") -> str:
    """``value`` without surrounding blanks, line breaks, quotes and invisible characters.

    A leading ``NAME=`` from a ``.env`` file, or the header that a key was copied with, is removed too.
    """
    line = rf"(?:export\s+|set\s+|\$env:)?{re.escape(name)}[\"']?\s*[=:]|" if name else ""
    before = re.compile(line + _HEADER, re.IGNORECASE)
    rest = value.strip(_AROUND)
    while found := before.match(rest):
        rest = rest[found.end() :].strip(_AROUND)
    return rest


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
    if _PLACEHOLDER.fullmatch(value):
        found.append("is a placeholder such as your-api-key, not a key")
    return tuple(found)
