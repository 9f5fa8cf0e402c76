"""Puts the routes that agents call first: LiteLLM tries 85 others before ``/v1/messages``, for 2 ms of CPU."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match
from starlette.routing import Route as HttpRoute
from starlette.types import Receive, Scope, Send

PATHS = ("/v1/chat/completions", "/v1/messages", "/v1/responses")


def add(app: FastAPI) -> None:
    """Put a shortcut to the LiteLLM route of each path in ``PATHS`` before all others."""
    for path in PATHS:
        app.router.routes.insert(0, _Shortcut(path, app))


class _Shortcut(HttpRoute):
    """Represents LiteLLM's route of a path; matches nothing as long as there is none.

    The route is searched for at the first request: LiteLLM adds that of ``/v1/messages`` only then.
    """

    def __init__(self, path: str, app: FastAPI) -> None:
        super().__init__(path, _never_called, methods=["POST"])
        self._fastapi = app
        self._found: BaseRoute | None = None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """What LiteLLM's route returns."""
        if super().matches(scope)[0] is not Match.FULL:
            return Match.NONE, {}
        self._found = self._found or self._search(scope)
        return (Match.NONE, {}) if self._found is None else self._found.matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request that ``matches`` has matched."""
        assert self._found is not None  # noqa: S101 -- set by matches
        await self._found.handle(scope, receive, send)

    def _search(self, scope: Scope) -> BaseRoute | None:
        others = (route for route in self._fastapi.router.routes if not isinstance(route, _Shortcut))
        return next((route for route in others if route.matches(dict(scope))[0] is Match.FULL), None)


async def _never_called() -> None:
    """The endpoint that a route must have; ``handle`` never calls it."""
