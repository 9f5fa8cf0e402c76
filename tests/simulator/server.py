"""The HTTP application: finds upstream and route, records the request, sends the answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from tests.simulator.answers import Answer, answer_from, json_answer
from tests.simulator.ledger import Ledger
from tests.simulator.sending import send
from tests.simulator.upstream import Lane, Received, Upstream

MAX_BODY = 128 * 2**20
"""Bytes; above the largest body that any of the upstreams takes."""


def application(upstreams: Mapping[str, Upstream], ledger: Ledger) -> web.Application:
    """Return the application that plays these upstreams and is controlled under `/_simulator`."""

    async def play(request: web.Request) -> web.StreamResponse:
        received = await _read(request)
        ledger.record(received)
        return await send(_answer(upstreams, ledger, received), request)

    app = web.Application(client_max_size=MAX_BODY)
    app.add_routes(_control(upstreams, ledger))
    app.router.add_route("*", "/{provider}", play)
    app.router.add_route("*", "/{provider}/{path:.*}", play)
    return app


def scripted_answers(upstream: Upstream, specs: tuple[str | Answer | Mapping[str, Any], ...]) -> list[Answer]:
    """Return the answers that names, values or JSON objects stand for.

    Raises:
        KeyError: the upstream's catalogue has no answer of that name.
        TypeError: a JSON object has a field that an answer does not have.
    """
    return [spec if isinstance(spec, Answer) else _named(upstream, spec) for spec in specs]


def _named(upstream: Upstream, spec: str | Mapping[str, Any]) -> Answer:
    return answer_from({"name": spec} if isinstance(spec, str) else spec, upstream.answers)


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


def _control(upstreams: Mapping[str, Upstream], ledger: Ledger) -> list[web.RouteDef]:
    async def received(request: web.Request) -> web.StreamResponse:
        return web.json_response([_described(entry) for entry in ledger.received()])

    async def answers(request: web.Request) -> web.StreamResponse:
        return web.json_response({name: sorted(upstream.answers) for name, upstream in upstreams.items()})

    async def script(request: web.Request) -> web.StreamResponse:
        order = await request.json()
        upstream = upstreams[order["provider"]]
        lane = Lane.PROBE if order.get("probe") else Lane.GENERATION
        ledger.script(upstream.name, lane, scripted_answers(upstream, tuple(order["answers"])))
        return web.json_response({"queued": len(order["answers"])})

    async def reset(request: web.Request) -> web.StreamResponse:
        ledger.reset()
        return web.json_response({"reset": True})

    return [
        web.get("/_simulator/received", received),
        web.get("/_simulator/answers", answers),
        web.post("/_simulator/script", _refusing(script)),
        web.post("/_simulator/reset", reset),
    ]


Handler = Callable[[web.Request], Any]


def _refusing(handler: Handler) -> Handler:
    async def refusing(request: web.Request) -> web.StreamResponse:
        try:
            response: web.StreamResponse = await handler(request)
        except (KeyError, TypeError, ValueError) as problem:
            return web.json_response({"error": repr(problem)}, status=400)
        return response

    return refusing


def _described(entry: Received) -> dict[str, Any]:
    return {
        "provider": entry.provider,
        "method": entry.method,
        "path": entry.path,
        "query": dict(entry.query),
        "headers": dict(entry.headers),
        "body": entry.body.decode(errors="replace"),
        "json": entry.json,
    }
