"""Older routes that clients still call: ``POST /v1/chat`` and ``GET /v1/chat/providers``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Depends, FastAPI, Response
from litellm.proxy.auth.user_api_key_auth import user_api_key_auth  # noqa: TID253 -- LiteLLM imports this module
from starlette.routing import Route as HttpRoute
from starlette.types import Receive, Scope, Send

from custom_providers.routing.resolver import RouteTable
from custom_providers.routing.table import REGISTRY_HEADER, ROUTES_HEADER, fingerprint
from custom_providers.server.gate.callers import ask_as_for_models


def add(app: FastAPI, table: RouteTable, settings: Mapping[str, Any]) -> None:
    """Add the routes to LiteLLM's app, which is already running; ``settings`` belong to ``table``."""
    headers = {REGISTRY_HEADER: str(settings["registry_sha256"]), ROUTES_HEADER: fingerprint(settings)}
    app.router.routes.append(HttpRoute("/v1/chat", _RenamedTo(app, "/v1/chat/completions"), methods=["POST"]))
    app.add_api_route(
        "/v1/chat/providers",
        _lister(table, headers),
        methods=["GET"],
        dependencies=[Depends(ask_as_for_models), Depends(user_api_key_auth)],
    )


class _RenamedTo:
    """Serves a request as if it had been sent to another path: same endpoint, same permissions, same logs."""

    def __init__(self, app: FastAPI, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app.router({**scope, "path": self._path, "raw_path": self._path.encode()}, receive, send)


def _lister(table: RouteTable, headers: Mapping[str, str]) -> Callable[[Response], dict[str, list[str]]]:
    def list_providers(response: Response) -> dict[str, list[str]]:
        """The registered providers, by name; the headers tell `pointsman doctor` which config runs."""
        response.headers.update(headers)
        return {"providers": sorted(table.registered)}

    return list_providers
