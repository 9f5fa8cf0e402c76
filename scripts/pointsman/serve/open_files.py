"""Raises the limit of open files, of which each stream takes two, and opens missing standard streams."""

from __future__ import annotations

import os
import resource

ENOUGH = 65_536
"""The limit that the systemd unit sets: 32,000 streams in one worker."""


def raise_limit() -> int:
    """Raises the soft limit of this process and its children to the hard limit or ``ENOUGH``; returns the new limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def fill_standard_streams() -> None:
    """Opens stdin, stdout and stderr if they are closed; otherwise the next opened file gets their descriptors."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)  # noqa: FBT003 -- it takes no keyword arguments
    os.close(number)
