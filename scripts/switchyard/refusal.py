"""The one way in which an action of the command gives up: with a reason and a remedy."""

from __future__ import annotations


class RefusalError(Exception):
    """It could not be done; the text says why, the hint what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
