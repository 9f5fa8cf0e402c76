"""The HTTP application, which finds the upstream and route, records the request and sends the answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from pointsman.simulator.answers import Answer, json_answer
from pointsman.simulator.control import control_routes
from pointsman.simulator.ledger import Ledger
from pointsman.simulator.sending import send
from pointsman.simulator.upstream import Received, Upstream

MAX_BODY = 128 * 2**20
"""In bytes; above the largest body that any upstream accepts."""


def application(upstreams: Mapping[str, Upstream], ledger: Ledger) -> web.Application:
    """Returns the application that simulates these upstreams and is controlled under `/_simulator`."""

    async def play(request: web.Request) -> web.StreamResponse:
        received = await _read(request)
        ledger.record(received)
        try:
            return await send(_answer(upstreams, ledger, received), request)
        except (asyncio.CancelledError, ConnectionError):
            ledger.leave()
            raise

    app = web.Application(client_max_size=MAX_BODY)
    app.add_routes(control_routes(upstreams, ledger))
    app.router.add_route("*", "/{provider}", play)
    app.router.add_route("*", "/{provider}/{path:.*}", play)
    return app


async def _read(request: web.Request) -> Received:
    body = await request.read()
    try:
        decoded = json.loads(body) if body else None
    except ValueError:
        decoded = None
    return Received(
        provider=request.match_info["provider"],
        method=request.method,
        path="/" + request.match_info.get("path", ""),
        query=request.query,
        headers=request.headers,
        body=body,
        json=decoded,
    )


def _answer(upstreams: Mapping[str, Upstream], ledger: Ledger, received: Received) -> Answer:
    upstream = upstreams.get(received.provider)
    if upstream is None:
        names = ", ".join(upstreams)
        return json_answer({"error": f"no upstream {received.provider!r}; there are: {names}"}, status=404)
    found = upstream.route(received.method, received.path)
    if found is None:
        return upstream.not_found
    route, params = found
    scripted = ledger.scripted(upstream.name, route.lane)
    if scripted is not None and not scripted.faithful:
        return scripted
    faithful = route.answer(replace(received, params=params))
    return scripted.over(faithful) if scripted else faithful
