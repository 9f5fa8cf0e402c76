"""The limit on open files: each stream through the proxy takes two, and most logins begin with 1024."""

from __future__ import annotations

import resource

ENOUGH = 65_536
"""What the systemd unit sets: 32,000 streams in one worker."""


def raise_limit() -> int:
    """Raises this process's soft limit, which its children inherit, to the hard one; returns what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
