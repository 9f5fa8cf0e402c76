"""The error with which the command refuses an action: a reason and a remedy."""

from __future__ import annotations

import errno

from custom_providers.keys.unreadable_key import UnreadableKeyError

UNREADABLE = "fix or remove the file; its owner and mode decide who can read it"
"""The remedy for a key file that cannot be read."""


class RefusalError(Exception):
    """The action could not be done; the text gives the reason, the hint the remedy."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def as_refusal(error: RefusalError | UnreadableKeyError | OSError) -> RefusalError:
    """The reason and the remedy of any of these errors."""
    if isinstance(error, RefusalError):
        return error
    if isinstance(error, UnreadableKeyError):
        return RefusalError(str(error), UNREADABLE)
    where = f"{error.filename}: " if error.filename else ""
    return RefusalError(f"{where}{reason(error)}", remedy(error))


def reason(error: OSError) -> str:
    """The operating system's error text, for use after a colon."""
    said = error.strerror
    return said[:1].lower() + said[1:] if said else str(error)


_PATH = "check the path"
_REMEDIES = {
    errno.ENOENT: _PATH,
    errno.ENOTDIR: _PATH,
    errno.EISDIR: _PATH,
    errno.ELOOP: _PATH,
    errno.ENAMETOOLONG: _PATH,
    errno.EACCES: "change the owner or mode of the file or folder, or run this as a user who may",
    errno.EPERM: "change the owner or mode of the file or folder, or run this as a user who may",
    errno.EROFS: "use a folder that can be written to",
    errno.ENOSPC: "free space, then run this again",
    errno.EDQUOT: "free space, then run this again",
}


def remedy(error: OSError) -> str:
    """What to do about an operating system's error with a file."""
    return _REMEDIES.get(error.errno or 0, "check the path, its owner and the free space")
