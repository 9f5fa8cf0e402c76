"""Errors of the key search, in a separate module so that the command starts without loading the search."""

from __future__ import annotations


class UnreadableKeyError(Exception):
    """A place that may hold a key could not be read; the message says why and contains no key."""
