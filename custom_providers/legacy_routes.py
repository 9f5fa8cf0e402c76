"""The source systems' own routes: ``POST /v1/chat`` and ``GET /v1/chat/providers``."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from litellm.proxy.auth.user_api_key_auth import user_api_key_auth  # noqa: TID253 -- LiteLLM imports this module
from starlette.routing import Route as HttpRoute
from starlette.types import Receive, Scope, Send

from custom_providers.routing import RouteTable


def add(table: RouteTable) -> None:
    """Puts the routes into LiteLLM's running app."""
    from litellm.proxy.proxy_server import app

    app.router.routes.append(HttpRoute("/v1/chat", _RenamedTo(app, "/v1/chat/completions"), methods=["POST"]))
    app.add_api_route("/v1/chat/providers", _Providers(table), methods=["GET"], tags=["model management"])


class _RenamedTo:
    """Serves a request as if it had been sent to another path: same endpoint, same permissions, same logs."""

    def __init__(self, app: FastAPI, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app.router({**scope, "path": self._path, "raw_path": self._path.encode()}, receive, send)


class _Providers:
    """Lists the registered providers to whoever may list the models."""

    def __init__(self, table: RouteTable) -> None:
        self._table = table

    async def __call__(self, request: Request) -> dict[str, Any]:
        as_models = Request({**request.scope, "path": "/v1/models", "raw_path": b"/v1/models"}, request.receive)
        await user_api_key_auth(as_models, api_key=request.headers.get("authorization", ""))
        return {"providers": sorted(self._table.registered)}
