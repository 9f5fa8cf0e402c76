"""Adds ``/pointsman/`` to LiteLLM's app, with access control and security headers.

Without a database LiteLLM's ``/`` and ``/ui`` do not work: they redirect here.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import anyio.to_thread
from fastapi import FastAPI
from litellm.proxy import proxy_server  # noqa: TID253 -- LiteLLM imports this module
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from custom_providers.environment.admission import Admission
from custom_providers.observability.dashboard import access, charts, quotas, sessions, status, time_slots, views
from custom_providers.observability.dashboard import page as pages
from custom_providers.observability.dashboard.calls import Calls, UnavailableError
from custom_providers.observability.dashboard.clients import PAGE, ConnectionDetails
from custom_providers.routing.resolver import RouteTable

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' data:; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send "Origin: null" with the form
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_OF_A_CHART = {
    **_HEADERS,
    # The style is inline.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
}
_LONGEST_FORM = 4096
"""Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The data that the page shows."""

    table: RouteTable
    admitted: Mapping[str, Admission]
    calls: Calls | None
    """None if the audit is off."""
    key_env: str
    """The variable of the master key."""


def add(app: FastAPI, content: Content) -> None:
    """Put the page before all of LiteLLM's routes, some of which match any path; the app is already running."""
    dashboard = _Dashboard(content)
    own: list[BaseRoute] = [
        Route("/pointsman", _to_the_page),
        Route(PAGE, dashboard.page),
        Route(f"{PAGE}style.css", dashboard.style),
        Route(f"{PAGE}charts/{{name}}.svg", dashboard.chart),
        Route(f"{PAGE}login", dashboard.login, methods=["POST"]),
        Route(f"{PAGE}logout", dashboard.logout, methods=["POST"]),
    ]
    own += [_WithoutDatabase(path, _instead_of_the_admin_ui) for path in ("/", "/ui", "/ui/{rest:path}")]
    app.router.routes[:0] = own


class _WithoutDatabase(Route):
    """A route that only matches while LiteLLM has no database."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(scope) if proxy_server.prisma_client is None else (Match.NONE, {})


async def _to_the_page(request: Request) -> Response:
    return RedirectResponse(_root(request) + PAGE, headers=_HEADERS)


async def _instead_of_the_admin_ui(request: Request) -> Response:
    return RedirectResponse(f"{_root(request)}{PAGE}?from=admin-ui", headers=_HEADERS)


class _Dashboard:
    """The endpoints."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._tries = sessions.Tries()
        self._quotas = quotas.Quotas(lambda: quotas.ask(content.admitted, proxy_server.llm_router))

    async def page(self, request: Request) -> Response:
        """The page, or the form for the master key."""

        async def shown() -> Response:
            visit = self._visit(request)
            return HTMLResponse(await anyio.to_thread.run_sync(self._html, visit), headers=_HEADERS)

        async def asked_for_the_key() -> Response:
            return _login_form(401, no_admin_ui=views.asked(request.query_params).no_admin_ui)

        return await _guarded(request, shown, asked_for_the_key)

    async def chart(self, request: Request) -> Response:
        """One chart."""

        async def shown() -> Response:
            found, calls = charts.CHARTS.get(request.path_params["name"]), self._content.calls
            if found is None or calls is None:
                return PlainTextResponse("no such chart", 404, _HEADERS)
            asked = views.asked(request.query_params)
            try:
                sums = await anyio.to_thread.run_sync(calls.sums, asked.span)
            except UnavailableError as error:
                return PlainTextResponse(str(error), 503, _HEADERS)
            drawn = await anyio.to_thread.run_sync(charts.svg, found, time_slots.series(asked.span, sums))
            return Response(drawn, media_type="image/svg+xml", headers=_OF_A_CHART)

        async def refused() -> Response:
            return PlainTextResponse("log in first", 401, _HEADERS)

        return await _guarded(request, shown, refused)

    async def style(self, _request: Request) -> Response:
        """The style sheet, which the login form needs too."""
        return Response(pages.style(), media_type="text/css", headers=_HEADERS)

    async def login(self, request: Request) -> Response:
        """Exchange the master key for a cookie."""
        if access.is_foreign(request.scope):
            return _foreign()
        client, now = request.client.host if request.client else "", time.time()
        if wait := self._tries.seconds_to_wait(client, now):
            return _login_form(429, f"too many wrong keys: try again in {wait} s", headers={"Retry-After": str(wait)})
        key = await _form_field(request, "key")
        master_key = proxy_server.master_key or ""
        if not sessions.is_key(key, master_key):
            self._tries.failed(client, now)
            return _login_form(401, "this is not the master key")
        answer = RedirectResponse(_root(request) + PAGE, 303, _HEADERS)
        answer.set_cookie(
            sessions.COOKIE, sessions.issued(master_key, now), max_age=sessions.SECONDS, **_cookie(request)
        )
        return answer

    async def logout(self, request: Request) -> Response:
        """Delete the cookie."""
        if access.is_foreign(request.scope):
            return _foreign()
        answer = RedirectResponse(_root(request) + PAGE, 303, _HEADERS)
        answer.delete_cookie(sessions.COOKIE, **_cookie(request))
        return answer

    def _html(self, visit: pages.Visit) -> str:
        content = self._content
        providers = status.providers(content.admitted, proxy_server.llm_router)
        return pages.page(visit, content.table, providers, content.calls, self._quotas.latest())

    def _visit(self, request: Request) -> pages.Visit:
        scheme = "https" if access.is_https(request.scope) else "http"
        url = f"{scheme}://{request.headers.get('host', '')}{_root(request)}"
        model = views.first_model(self._content.table)
        return pages.Visit(
            asked=views.asked(request.query_params),
            connection=ConnectionDetails(url=url, key_env=self._content.key_env, model=model),
            logged_in=_has_session(request),
            database=proxy_server.prisma_client is not None,
        )


async def _guarded(
    request: Request, shown: Callable[[], Awaitable[Response]], otherwise: Callable[[], Awaitable[Response]]
) -> Response:
    """Return ``shown`` if the client has access, else ``otherwise``."""
    if access.is_foreign(request.scope):
        return _foreign()
    return await (shown if access.is_local(request.scope) or _has_session(request) else otherwise)()


def _has_session(request: Request) -> bool:
    cookie = request.cookies.get(sessions.COOKIE, "")
    return sessions.is_valid(cookie, proxy_server.master_key or "", time.time())


def _foreign() -> Response:
    return PlainTextResponse("another site sent this request; open the page itself", 403, _HEADERS)


def _login_form(
    code: int, problem: str = "", *, no_admin_ui: bool = False, headers: Mapping[str, str] | None = None
) -> Response:
    html = pages.login(problem=problem, no_admin_ui=no_admin_ui)
    return HTMLResponse(html, code, {**_HEADERS, **(headers or {})})


async def _form_field(request: Request, name: str) -> str:
    """A field of an HTML form; empty if it is missing or the form is too long."""
    body = await request.body()
    if len(body) > _LONGEST_FORM:
        return ""
    fields = parse_qs(body.decode("latin-1"), max_num_fields=8) if body.count(b"&") < 8 else {}
    return fields.get(name, [""])[0].strip()


def _cookie(request: Request) -> dict[str, Any]:
    return {
        "path": f"{_root(request)}{PAGE}",
        "secure": access.is_https(request.scope),
        "httponly": True,
        "samesite": "strict",
    }


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")
