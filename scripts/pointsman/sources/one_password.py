"""Resolves ``op://vault/item/field`` through 1Password's ``op`` command."""

from __future__ import annotations

import re
import subprocess

from custom_providers.keys.unreadable_key import UnreadableKeyError

SECONDS = 10
"""The command's timeout; it waits for a person if the vault is locked."""

_UNKNOWN = re.compile(r"isn't an? (item|vault|field)|does not have a field|could not find|no item found")
# "account is not signed in", "session expired", "authorization prompt dismissed", "No accounts configured for use".
_LOCKED = re.compile(r"sign(ed)?[ -]?in|session (expired|token)|locked|authorization|authenticat|no accounts? ")


def read(reference: str) -> str:
    """The secret that ``reference`` names.

    Raises:
        UnreadableKeyError: it could not be read; the message says why.
    """
    try:
        status, secret, said = _run(["op", "read", "--no-newline", reference])
    except FileNotFoundError:
        raise UnreadableKeyError("the 1Password command `op` is not installed") from None
    except subprocess.TimeoutExpired:
        raise UnreadableKeyError(f"`op` did not answer within {SECONDS} s; is the vault locked?") from None
    except (OSError, UnicodeDecodeError):
        raise UnreadableKeyError("`op` could not be run; run `op read` by hand to see why") from None
    if status == 0:
        return secret
    # Without the reference, whose text ("op://sign-in/...") could match too.
    said = said.replace(reference, "").lower()
    if _UNKNOWN.search(said):
        raise UnreadableKeyError("1Password has no such vault, item or field")
    if _LOCKED.search(said):
        raise UnreadableKeyError("1Password is locked or not signed in; run `op signin`")
    raise UnreadableKeyError(f"`op read` failed with status {status}; run it by hand to see why")


def _run(command: list[str]) -> tuple[int, str, str]:
    """Status, stdout and stderr. Not ``subprocess.run``, which also waits for processes that the command started."""
    with subprocess.Popen(  # noqa: S603 -- the reference has passed the registry's pattern
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            secret, said = process.communicate(timeout=SECONDS)
        except BaseException:
            process.kill()
            raise
        return process.returncode, secret, said
