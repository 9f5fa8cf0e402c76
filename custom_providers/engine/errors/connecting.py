"""Classifies errors of connections."""

from __future__ import annotations

import errno
import os
import socket

_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_NO_DESCRIPTOR = frozenset({errno.EMFILE, errno.ENFILE})
_BROKEN = frozenset({"ClientPayloadError", "ServerDisconnectedError", "RemoteProtocolError", "ReadError"})
"""aiohttp's and httpx's classes, by name: this module is imported where neither is needed."""


def is_broken(error: BaseException) -> bool:
    """Whether the provider accepted the connection and ended it before its answer was complete."""
    return isinstance(error, ConnectionResetError) or any(base.__name__ in _BROKEN for base in type(error).__mro__)


def is_refused(error: BaseException) -> bool:
    """Whether the connection is refused or the host name does not exist: retrying does not help."""
    if isinstance(error, socket.gaierror):
        return error.errno in _NO_SUCH_HOST
    return isinstance(error, ConnectionRefusedError) or (
        isinstance(error, OSError) and error.errno == errno.ECONNREFUSED
    )


def lacks_descriptor(error: BaseException) -> bool:
    """Whether this process or machine is out of file descriptors, so that no attempt reached the provider.

    Name resolution hides the cause: without a descriptor it reports that the host does not exist.
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
