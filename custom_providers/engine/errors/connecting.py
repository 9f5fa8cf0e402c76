"""Connections that cannot come about."""

from __future__ import annotations

import errno
import os
import socket

_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_NO_DESCRIPTOR = frozenset({errno.EMFILE, errno.ENFILE})


def is_refused(error: BaseException) -> bool:
    """Whether nobody listens at the address, or no host has its name: repeating the request does not help."""
    if isinstance(error, socket.gaierror):
        return error.errno in _NO_SUCH_HOST
    return isinstance(error, ConnectionRefusedError) or (
        isinstance(error, OSError) and error.errno == errno.ECONNREFUSED
    )


def lacks_descriptor(error: BaseException) -> bool:
    """Whether this process, or the machine, has no file descriptor left for a connection: the provider was not asked.

    Name resolution does not say so: without a descriptor it reports that the host does not exist.
    """
    if isinstance(error, socket.gaierror):
        return not _can_open()
    return isinstance(error, OSError) and error.errno in _NO_DESCRIPTOR


def _can_open() -> bool:
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno not in _NO_DESCRIPTOR
    return True
