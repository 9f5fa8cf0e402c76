"""What copying and mounting leave around a value, and what no key can contain."""

from __future__ import annotations

import re

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
"""A byte order mark, and zero-width characters that web pages and chat programs add to a copied key."""

_AROUND = _INVISIBLE + "".join(map(chr, range(33))) + "\x7f\x85\xa0\u2028\u2029" + "\"'`\u2018\u2019\u201c\u201d"
_BEARER = re.compile(r"(?:authorization:\s*)?bearer\s+", re.IGNORECASE)


def cleaned(value: str, name: str = "") -> str:
    """``value`` without the blanks, line breaks, quotes and invisible characters around it.

    Neither its own ``NAME=``, from a line of a ``.env`` file, nor the ``Bearer`` of a header is part of it.
    """
    rest = value.strip(_AROUND)
    if name and (line := re.match(rf"(?:export\s+)?{re.escape(name)}\s*=", rest)):
        rest = rest[line.end() :].strip(_AROUND)
    if header := _BEARER.match(rest):
        rest = rest[header.end() :].strip(_AROUND)
    return rest


def key_flaws(value: str) -> tuple[str, ...]:
    """Why ``value``, cleaned, cannot be a key of any provider, in words that do not show it."""
    found = []
    if any(character.isspace() for character in value):
        found.append("contains white space")
    if not value.isascii():
        found.append("contains a non-ASCII character, such as a typographic dash or quote")
    if any(character.isascii() and not (character.isprintable() or character.isspace()) for character in value):
        found.append("has a control character")
    return tuple(found)
