"""Who listens on a port of this machine: the master key is not sent to another person's program. Linux only."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from urllib.parse import urlsplit

from custom_providers.environment.listener import is_loopback

_LISTENS = "0A"
_LAST_SYSTEM_USER = 999
"""SYS_UID_MAX of Debian and Fedora: services have such ids, people do not."""


def stranger(url: str, state_directory: Path) -> str:
    """The user who listens at ``url`` and may not have the master key; empty if there is none, or nobody can tell.

    This user may, and so may system users, including root, and the owner of the proxy's state directory.
    """
    parts = urlsplit(url)
    if not is_loopback(parts.hostname or ""):
        return ""
    trusted = {os.geteuid()}
    if state_directory.exists():
        trusted.add(state_directory.stat().st_uid)
    return next(
        (_name(user) for user in _owners(parts.port or 80) if user > _LAST_SYSTEM_USER and user not in trusted), ""
    )


def _owners(port: int) -> list[int]:
    """The users whose sockets listen on ``port``."""
    found = []
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for _, local, _, state, _, _, _, user, *_ in map(str.split, lines):
            if state == _LISTENS and int(local.rpartition(":")[2], 16) == port:
                found.append(int(user))
    return found


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
