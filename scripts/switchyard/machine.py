"""What the proxy needs of this machine and its neighbours: the systemd unit, Postgres, Redis."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

from switchyard.finding import Finding, bad, ok, warning
from switchyard.sources import Sources

UNIT = "switchyard.service"

_SECONDS = 3
_PORTS = {"postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379}


def unit() -> Iterator[Finding]:
    """The state of the systemd unit; nothing where there is no systemd or no unit."""
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
        yield bad("systemd", f"{UNIT}: {detail}", journal)
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
        done = subprocess.run(  # noqa: S603 -- no part of it comes from outside
            ["systemctl", "show", name, f"--property={wanted}"],  # noqa: S607 -- wherever the system has it
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


def neighbours(sources: Sources) -> Iterator[Finding]:
    """Whether the databases that the registry names can be reached; nobody logs in."""
    gateway = sources.registry.gateway
    named = {
        "Postgres": gateway.database_url_env,
        "Redis": gateway.redis_url_env,
        "Postgres of the audit": sources.registry.audit.url_env,
    }
    for name, variable in named.items():
        if variable:
            yield _reached(name, variable, sources.env.get(variable, "").strip())


def _reached(name: str, variable: str, url: str) -> Finding:
    """The URL holds a password: host and port are all that is told of it."""
    if not url:
        return bad(name, f"{variable} is not set", f"put {variable}=... into .env, or remove it from the registry")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        host, port = None, None
    if not host or not port:
        return warning(name, f"{variable} holds no host and port that could be tried", "check its form: see .env")
    try:
        socket.create_connection((host, port), timeout=_SECONDS).close()
    except socket.gaierror:
        return bad(name, f"{host}: this name is not known", f"check {variable} and the DNS")
    except TimeoutError:
        return bad(name, f"{host}:{port}: no answer within {_SECONDS} s", f"check {variable} and the firewall")
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        return bad(name, f"{host}:{port}: {why}", f"start it, or check {variable}")
    return ok(name, f"{host}:{port} answers")
