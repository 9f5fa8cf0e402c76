"""Puts the routes that agents call first: LiteLLM tries 85 others before ``/v1/messages``, for 2 ms of CPU."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match
from starlette.routing import Route as HttpRoute
from starlette.types import Receive, Scope, Send

PATHS = ("/v1/chat/completions", "/v1/messages", "/v1/responses")


def add(app: FastAPI) -> None:
    """Put a shortcut to each LiteLLM route in ``PATHS`` before all others."""
    for path in PATHS:
        asked: Scope = {"type": "http", "method": "POST", "path": path, "root_path": "", "headers": []}
        found = next((route for route in app.router.routes if route.matches(dict(asked))[0] is Match.FULL), None)
        if found is not None:
            app.router.routes.insert(0, HttpRoute(path, _Direct(found), methods=["POST"]))


class _Direct:
    """Serves a request as Starlette's router does after matching the route."""

    def __init__(self, route: BaseRoute) -> None:
        self._route = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _, found = self._route.matches(scope)
        scope.update(found)
        await self._route.handle(scope, receive, send)
