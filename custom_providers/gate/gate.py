"""The outermost ASGI layer."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from custom_providers.gate import narrowed
from custom_providers.gate.arrival import Arrivals, refuse, replayed
from custom_providers.gate.bounds import Bounds
from custom_providers.gate.callers import Callers
from custom_providers.gate.error_bodies import RefusedError
from custom_providers.gate.listed import listed
from custom_providers.gate.routes import CURRENT, RouteList, below_root

_POLICY_VIOLATION = 1008
"""https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1"""

_LONGEST_URL = 8192
"""Characters; a sign-in's answer has the longest."""

_NO_SOCKETS = "this proxy has no WebSockets: send requests over HTTP"


class Gate:
    """An ASGI app around LiteLLM's."""

    def __init__(self, app: ASGIApp, callers: Callers, bounds: Bounds) -> None:
        self._app = app
        self._callers = callers
        self._bounds = bounds
        self._arrivals = Arrivals(bounds)
        self._routes = RouteList(listed())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection, or refuses it."""
        if scope["type"] == "websocket":
            await _refuse_socket(receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = below_root(scope)
        try:
            self._require_bounded_head(scope)
            administrator = await self._require_granted(scope, path)
            body = await self._arrivals.body(dict(scope["headers"]), receive)
        except RefusedError as refused:
            await refuse(path, refused, receive, send)
            return
        if body is None:
            return
        if path in narrowed.PATHS and not administrator:
            send = narrowed.Narrowed(send)
        await self._app(scope, replayed(body, receive), send)

    def _require_bounded_head(self, scope: Scope) -> None:
        if len(scope["path"]) + len(scope["query_string"]) > _LONGEST_URL:
            raise RefusedError(414, f"the path and the query have more than {_LONGEST_URL} characters")
        headers, bounds = scope["headers"], self._bounds
        size = sum(len(name) + len(value) for name, value in headers)
        if len(headers) > bounds.max_headers or size > bounds.header_bytes:
            raise RefusedError(431, f"at most {bounds.max_headers} headers and {bounds.max_header_kb} KB of them")

    async def _require_granted(self, scope: Scope, path: str) -> bool:
        """Lets through what is on the list for whoever asks, and the operator everywhere.

        Whether the operator asks is found out only where it matters.
        """
        entry = self._routes.find(scope["method"], path)
        CURRENT.set(entry)
        listed_for_all = entry is not None and entry.audience == "anyone"
        if (listed_for_all and path not in narrowed.PATHS) or _is_preflight(scope):
            return False
        caller = await self._callers.caller(scope, self._app)
        if not (caller.administrator or listed_for_all or (entry is not None and caller.in_dashboard)):
            raise RefusedError(403, f"{scope['method']} {_shown(path)} is open to the master key only")
        return caller.administrator


def install(app: FastAPI, bounds: Bounds) -> None:
    """Puts the gate around ``app``, which is running already, and around every layer that it has by now."""
    # Starlette takes no more middleware once an app runs, and this one runs when it reads its config.
    app.middleware_stack = Gate(app.middleware_stack or app.build_middleware_stack(), Callers(app), bounds)


async def _refuse_socket(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": _NO_SOCKETS})


def _is_preflight(scope: Scope) -> bool:
    """A browser's question before a request of another origin, which no route answers."""
    names = {name for name, _ in scope["headers"]}
    return scope["method"] == "OPTIONS" and {b"origin", b"access-control-request-method"} <= names


def _shown(path: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in path[:200])
