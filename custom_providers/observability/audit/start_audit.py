"""Assembles the audit when the proxy starts."""

from __future__ import annotations

import atexit
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from custom_providers.observability.audit.boundary import Boundary
from custom_providers.observability.audit.logger import AuditLogger
from custom_providers.observability.audit.recorder import Recorder
from custom_providers.observability.audit.storage import paths
from custom_providers.observability.audit.storage.delivery import Delivery
from custom_providers.observability.audit.storage.sink import Sink
from custom_providers.observability.audit.storage.sqlite import SqliteSink
from custom_providers.observability.call_log import lines, tracebacks
from custom_providers.observability.call_log.lines import CallLines
from custom_providers.state import state_directory


def start(settings: Mapping[str, Any] | None, env: Mapping[str, str], app: FastAPI) -> AuditLogger:
    """Begins to log the calls that ``app`` serves, and to record them.

    Args:
        settings: the ``[audit]`` table's; None: calls are only logged.
        env: the proxy's environment.
        app: LiteLLM's.
    """
    lines.begin(env)
    tracebacks.install()
    recorder = Recorder(CallLines(None if settings is None else _delivery(settings, env)))
    # Starlette accepts no middleware once an app runs, and LiteLLM's already runs when it reads its config.
    app.middleware_stack = Boundary(app.middleware_stack or app.build_middleware_stack(), recorder)
    return AuditLogger(recorder, store_text=bool((settings or {}).get("store_text")))


def _delivery(settings: Mapping[str, Any], env: Mapping[str, str]) -> Delivery:
    directory = state_directory(env)
    _make(directory)
    delivery = Delivery(directory / paths.SPOOL, _sink(settings.get("url_env", ""), env))
    delivery.start()
    atexit.register(delivery.stop)
    return delivery


def _make(directory: Path) -> None:
    # If that fails, the spool reports it and rows are kept in memory.
    with contextlib.suppress(OSError):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def _sink(url_env: str, env: Mapping[str, str]) -> Sink:
    if not url_env:
        return SqliteSink(state_directory(env) / paths.DATABASE)
    from custom_providers.observability.audit.storage.postgres import PostgresSink

    return PostgresSink(env.get(url_env, "").strip(), url_env)
