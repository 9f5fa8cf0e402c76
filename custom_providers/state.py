"""Where this machine keeps what has to outlive a process: rows, troubles told of, the socket of ``serve``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def state_directory(env: Mapping[str, str]) -> Path:
    """``$POINTSMAN_STATE_DIR``, else the one that systemd gives a service, else ``.pointsman`` where it starts."""
    if chosen := env.get("POINTSMAN_STATE_DIR", "").strip():
        return Path(chosen)
    # systemd separates several with colons.
    if given := env.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(given)
    return Path(".pointsman").absolute()
