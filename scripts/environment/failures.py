"""Finds the cause and remedy of a failed installation in the output of pip, uv and venv.

The texts are those of pip 23.0.1 and uv 0.13.9, seen on 2026-11-27.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LAST_LINES = 12


class InstallError(Exception):
    """The installation failed or is incomplete."""

    def __init__(self, cause: str, remedy: str, details: str = "") -> None:
        """``details`` is the end of the installer's own output."""
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy
        self.details = details


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A failure recognised by its text; the matching group of ``pattern`` fills ``{what}``."""

    pattern: str
    cause: str
    remedy: str


_NETWORK = "check the network and, behind a proxy, HTTPS_PROXY; then run this again: what has arrived is kept"
_INDEX = "check which index pip or uv is configured with (`pip config list`), and its user name and password"
_PYTHONS = "use Python 3.11 to 3.14 on x86-64 or ARM: set POINTSMAN_PYTHON=/path/to/python3.12"

_KNOWN = (
    _Known(
        pattern=r"(?m)^(?P<pip>\S+ \S+ (?:requires|has requirement) .*?)\.?$|^The package (?P<uv>.* requires .*)$",
        cause="lock: it is incomplete: {what}",
        remedy="./scripts/lock writes the lock files anew",
    ),
    _Known(
        pattern=r"(?s)DO NOT MATCH THE HASHES.*?\n    (?P<pip>[\w.\[\]-]+==\S+)|Hash mismatch for `(?P<uv>[^`]+)`",
        cause="hash: {what} from the package index is not the file that the lock names; it was not installed",
        remedy="`git diff -- '*.lock'` shows whether the lock was edited; if not, the index serves an altered file",
    ),
    _Known(
        pattern=r"No space left on device|os error 28\)|Errno 122|os error 122\)|[Dd]isk quota exceeded",
        cause="disk: no room left; {room}",
        remedy="free about 1 GB there; for temporary files, TMPDIR=/path/with/room",
    ),
    _Known(
        pattern=r"Read-only file system(?:: '(?P<path>[^']+)')?|os error 30\)",
        cause="folder: {what} is on a read-only file system",
        remedy="copy this checkout to a folder that can be written to",
    ),
    _Known(
        pattern=r"Permission denied(?:: '(?P<path>[^']+)')?|os error 13\)",
        cause="folder: {what} cannot be written to by this user",
        remedy="run this as the owner of the checkout, or copy it to your own folder",
    ),
    _Known(
        pattern=r"CERTIFICATE_VERIFY_FAILED|invalid peer certificate",
        cause="network: the certificate of the package index is not trusted here",
        remedy="set PIP_CERT (pip) or SSL_CERT_FILE (uv) to the file with the certificates of your proxy or mirror",
    ),
    _Known(
        pattern=r"(?:HTTP error|\) returned a|client error \()\s*(?P<status>40[137])",
        cause="network: the package index, or a proxy before it, refuses the download (HTTP {what})",
        remedy=_INDEX,
    ),
    _Known(
        pattern=r"[Nn]ame or service not known|[Nn]ame resolution|dns error|Name does not resolve",
        cause="network: the name of the package index cannot be resolved",
        remedy=_NETWORK,
    ),
    _Known(
        pattern=r"[Tt]imed? ?out",
        cause="network: the package index does not answer in time",
        remedy=_NETWORK,
    ),
    _Known(
        pattern=r"Connection refused|Network is unreachable|No route to host|Failed to establish a new connection"
        r"|tcp connect error|ProxyError|[Cc]onnection (?:reset|broken|aborted)|error sending request",
        cause="network: the package index cannot be reached",
        remedy=_NETWORK,
    ),
    _Known(
        pattern=r"requirement (?P<pip>\S+) \(from versions: none\)|Because (?P<uv>\S+) was not found in the package",
        cause="index: it has no {what}, in any release, or refuses to list it",
        remedy=_INDEX,
    ),
    _Known(
        pattern=r"No matching distribution found for (?P<pip>\S+)|there is no version of (?P<uv>[^\s,]+==[^\s,]+)",
        cause="index: it has no {what} for this Python and machine",
        remedy="your own index must offer every release of the lock; " + _PYTHONS,
    ),
    _Known(
        pattern=r"(?s).*(?:Collecting|Processing) (?P<pip>\S+).*(?:metadata-generation-failed|Failed building wheel)"
        r"|Failed to build `(?P<uv>[^`]+)`",
        cause="build: {what} has no wheel for this Python and machine, and could not be built",
        remedy=_PYTHONS,
    ),
)


def of_output(output: str, status: int) -> InstallError:
    """The error for an installer that ended with ``status`` after ``output``."""
    details = "".join(f"    | {line}\n" for line in output.strip().splitlines()[-_LAST_LINES:])
    for known in _KNOWN:
        if found := re.search(known.pattern, output):
            # Only errors of the file system may have no name.
            what = next((text for text in found.groups() if text), Path.cwd())
            return InstallError(cause=known.cause.format(what=what, room=_room()), remedy=known.remedy, details=details)
    if status < 0:
        cause = f"installer: it was ended by signal {-status}"
        return InstallError(cause=cause, remedy="if memory ran out, close other programs; then run this again")
    return InstallError(
        cause=f"installer: it ended with status {status}", remedy="read the lines below", details=details
    )


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Converts errors of `venv` and the file system to an `InstallError`."""
    try:
        yield
    except subprocess.CalledProcessError as error:
        output = error.output or b""
        raise of_output(output.decode(errors="replace"), error.returncode) from error
    except OSError as error:
        raise of_output(str(error), 1) from error


def require_ensurepip() -> None:
    """Checks for ``ensurepip``, which Debian and Ubuntu ship in a separate package.

    Raises:
        InstallError: this Python cannot put pip into an environment.
    """
    try:
        importlib.import_module("ensurepip").version()
    except (ImportError, AttributeError):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise InstallError(
            cause=f"python: {sys.executable} has no complete venv module (ensurepip is missing)",
            remedy=f"apt-get install python{version}-venv, or install uv, which does not need it",
        ) from None


def _room() -> str:
    places = {Path.cwd(), Path(tempfile.gettempdir())}
    free = {place: shutil.disk_usage(place).free // 2**20 for place in places}
    return ", ".join(f"{place} has {megabytes} MB free" for place, megabytes in sorted(free.items()))
