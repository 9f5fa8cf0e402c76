"""The error with which the command refuses an action: a reason and a remedy."""

from __future__ import annotations


class RefusalError(Exception):
    """The action could not be done; the text gives the reason, the hint the remedy."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def reason(error: OSError) -> str:
    """The operating system's error text, for use after a colon."""
    said = error.strerror
    return said[:1].lower() + said[1:] if said else str(error)
