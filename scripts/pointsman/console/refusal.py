"""The one way in which an action of the command gives up: with a reason and a remedy."""

from __future__ import annotations


class RefusalError(Exception):
    """It could not be done; the text says why, the hint what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def reason(error: OSError) -> str:
    """What the system says of it, to stand behind a colon."""
    said = error.strerror
    return said[:1].lower() + said[1:] if said else str(error)
