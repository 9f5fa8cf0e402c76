"""The outermost ASGI layer."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from custom_providers.litellm_patches.limits import media_downloads
from custom_providers.server.gate import hidden_details
from custom_providers.server.gate.arrival import Arrivals, refuse, replayed
from custom_providers.server.gate.bounds import Bounds
from custom_providers.server.gate.callers import Callers
from custom_providers.server.gate.error_bodies import RefusedError
from custom_providers.server.gate.open_routes import listed
from custom_providers.server.gate.refused_log import RefusedLog
from custom_providers.server.gate.response_headers import SendableHeaders
from custom_providers.server.gate.route_lookup import CURRENT, RouteList, below_root

_POLICY_VIOLATION = 1008
"""https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1"""

_LONGEST_URL = 8192
"""Characters; the response of a single sign-on has the longest URL."""

Record = Callable[[str, int, str, str | None, str | None], None]

_NO_SOCKETS = "this proxy does not accept WebSockets: send requests over HTTP"


class Gate:
    """An ASGI app that refuses requests that are too large or not granted, and passes the others to LiteLLM's."""

    def __init__(self, app: ASGIApp, callers: Callers, bounds: Bounds, record: Record | None) -> None:
        self._app = app
        self._callers = callers
        self._bounds = bounds
        self._arrivals = Arrivals(bounds)
        self._routes = RouteList(listed())
        self._log = RefusedLog()
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or refuse it."""
        if scope["type"] == "websocket":
            self._note(scope, 403)
            await _refuse_socket(receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # With a trailing slash in the root path, routers would find no route below it.
        scope["root_path"] = str(scope.get("root_path", "")).rstrip("/")
        media_downloads.BUDGET.set(media_downloads.Budget())
        path = below_root(scope)
        try:
            self._require_bounded_head(scope)
            administrator = await self._require_granted(scope, path)
            body = await self._arrivals.body(dict(scope["headers"]), receive)
        except RefusedError as refused:
            self._note(scope, refused.status)
            await refuse(path, refused, receive, send)
            return
        if body is None:
            return
        if path in hidden_details.PATHS and not administrator:
            send = hidden_details.Narrowed(send)
        await self._app(scope, replayed(body, receive), SendableHeaders(send))

    def _require_bounded_head(self, scope: Scope) -> None:
        if len(scope["path"]) + len(scope["query_string"]) > _LONGEST_URL:
            raise RefusedError(414, f"the path and the query have more than {_LONGEST_URL} characters")
        headers, bounds = scope["headers"], self._bounds
        size = sum(len(name) + len(value) for name, value in headers)
        if len(headers) > bounds.max_headers or size > bounds.header_bytes:
            raise RefusedError(431, f"the limit is {bounds.max_headers} headers and {bounds.max_header_kb} KB in all")

    async def _require_granted(self, scope: Scope, path: str) -> bool:
        """Allow listed routes to everyone, and all routes to an administrator; return whether the caller is one.

        The caller is only identified where the decision or the response depends on it; otherwise returns False.

        Raises:
            RefusedError: 403, or LiteLLM's status for a key that it does not accept.
        """
        entry = self._routes.find(scope["method"], path)
        CURRENT.set(entry)
        listed_for_all = entry is not None and entry.audience == "anyone"
        if (listed_for_all and path not in hidden_details.PATHS) or _is_preflight(scope):
            return False
        caller = await self._callers.caller(scope, self._app)
        if not (caller.administrator or listed_for_all or (entry is not None and caller.in_dashboard)):
            refused = RefusedError(403, f"{scope['method']} {_shown(path)} is open to the master key only")
            if self._record is not None:
                self._record(path, refused.status, refused.message, caller.name, caller.team)
            raise refused
        return caller.administrator

    def _note(self, scope: Scope, status: int) -> None:
        client = scope.get("client")
        what = f"{scope.get('method', 'WebSocket')} {_shown(scope['path'])}"
        self._log.note(status, what, str(client[0]) if client else "an unknown address")


def install(app: FastAPI, bounds: Bounds, record: Record | None) -> None:
    """Wrap ``app``, which is already running, and all its current layers in the gate.

    ``record`` stores a refusal of a known key: path, status, message, the key's name and its team.
    """
    # Starlette accepts no middleware once an app runs, and LiteLLM's already runs when it reads its config.
    app.middleware_stack = Gate(app.middleware_stack or app.build_middleware_stack(), Callers(app), bounds, record)


async def _refuse_socket(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": _NO_SOCKETS})


def _is_preflight(scope: Scope) -> bool:
    """Whether this is a browser's CORS preflight, which no route handles."""
    names = {name for name, _ in scope["headers"]}
    return scope["method"] == "OPTIONS" and {b"origin", b"access-control-request-method"} <= names


def _shown(path: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in path[:200])
