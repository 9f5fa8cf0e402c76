"""Open files: how many there may be, each stream taking two, and that the first three are what they should be."""

from __future__ import annotations

import os
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


def fill_standard_streams() -> None:
    """Opens those of stdin, stdout and stderr that are closed, or what is opened next would be taken for them."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)  # noqa: FBT003 -- it takes no keyword
    os.close(number)
