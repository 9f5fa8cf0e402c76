"""Adds the dashboard to a proxy that is starting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from custom_providers.environment.admission import Admission
from custom_providers.observability.audit.storage import paths
from custom_providers.observability.dashboard import page, routes
from custom_providers.observability.dashboard.calls import Calls, Store
from custom_providers.routing.resolver import RouteTable
from custom_providers.state import state_directory


def start(
    app: FastAPI,
    table: RouteTable,
    admitted: Mapping[str, Admission],
    settings: Mapping[str, Any],
    env: Mapping[str, str],
) -> None:
    """Add the page to ``app``; ``settings`` belong to ``table``."""
    audit = settings.get("audit")
    content = routes.Content(
        table=table,
        admitted=admitted,
        calls=None if audit is None else Calls(_store(audit.get("url_env", ""), env)),
        key_env=settings.get("master_key_env", "LITELLM_MASTER_KEY"),
    )
    page.prepare()
    routes.add(app, content)


def _store(url_env: str, env: Mapping[str, str]) -> Store:
    url = env.get(url_env, "").strip() if url_env else ""
    return Store(path=state_directory(env) / paths.DATABASE, postgres_url=url, url_env=url_env)
