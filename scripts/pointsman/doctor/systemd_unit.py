"""The systemd unit of the proxy."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

from pointsman.doctor.finding import Finding, broken, ok, warning

UNIT = "pointsman.service"

_SECONDS = 3


def unit() -> Iterator[Finding]:
    """The state of the systemd unit; empty if there is no systemd or no unit."""
    state = _shown(UNIT)
    if state.get("LoadState", "not-found") == "not-found":
        return
    active, enabled = state.get("ActiveState", "unknown"), state.get("UnitFileState", "")
    detail = f"{active} ({state.get('SubState', '')}), {enabled or 'not installed'}"
    restarts = state.get("NRestarts", "0")
    if restarts != "0":
        detail += f", restarted {restarts} times"
    journal = f"journalctl -u {UNIT} -e, then systemctl restart {UNIT}"
    if active == "failed" or state["LoadState"] != "loaded":
        yield broken("systemd", f"{UNIT}: {detail}", journal)
    elif state.get("NeedDaemonReload") == "yes":
        yield warning("systemd", f"{UNIT}: {detail}; its file has changed since", "systemctl daemon-reload")
    elif active != "active":
        yield warning("systemd", f"{UNIT}: {detail}", f"systemctl start {UNIT}")
    elif restarts != "0":
        yield warning("systemd", f"{UNIT}: {detail}", journal)
    else:
        yield ok("systemd", f"{UNIT}: {detail}")


def _shown(name: str) -> dict[str, str]:
    wanted = "LoadState,ActiveState,SubState,UnitFileState,NRestarts,NeedDaemonReload"
    try:
        done = subprocess.run(  # noqa: S603 -- no untrusted input
            ["systemctl", "show", name, f"--property={wanted}"],  # noqa: S607 -- its path depends on the system
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return {}
    pairs = (line.partition("=") for line in done.stdout.splitlines())
    return {} if done.returncode else {key: value for key, _, value in pairs}
