"""What can go wrong while a key is looked for; apart from the search, so that the command line loads without it."""

from __future__ import annotations


class UnreadableKeyError(Exception):
    """A place where a key may be could not be read; the text says why and holds no key."""
