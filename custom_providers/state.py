"""The state directory, for what outlives a process: audit rows, sent alerts, the running ``serve``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def state_directory(env: Mapping[str, str], folder: Path = Path()) -> Path:
    """``$POINTSMAN_STATE_DIR``, else the one that systemd gives a service, else ``.pointsman`` in ``folder``.

    ``pointsman serve`` sets the variable for LiteLLM. Without it, LiteLLM's folder is the one that it was started in.
    """
    if chosen := env.get("POINTSMAN_STATE_DIR", "").strip():
        return Path(chosen)
    # systemd separates several with colons.
    if given := env.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(given)
    return (folder / ".pointsman").absolute()
