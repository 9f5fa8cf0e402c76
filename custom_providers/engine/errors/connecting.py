"""Connections that cannot come about."""

from __future__ import annotations

import errno
import socket

_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


def is_refused(error: BaseException) -> bool:
    """Whether nobody listens at the address, or no host has its name: repeating the request does not help."""
    if isinstance(error, socket.gaierror):
        return error.errno in _NO_SUCH_HOST
    return isinstance(error, ConnectionRefusedError) or (
        isinstance(error, OSError) and error.errno == errno.ECONNREFUSED
    )
