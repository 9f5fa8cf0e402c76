"""The HTTP control API under `/_simulator`, for a simulator in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from pointsman.simulator.answers import answers_from
from pointsman.simulator.ledger import Ledger
from pointsman.simulator.upstream import Lane, Received, Upstream


def control_routes(upstreams: Mapping[str, Upstream], ledger: Ledger) -> list[web.RouteDef]:
    """Returns the routes that list received requests and accept scripts."""

    async def received(request: web.Request) -> web.StreamResponse:
        return web.json_response([_described(entry) for entry in ledger.received()])

    async def answers(request: web.Request) -> web.StreamResponse:
        return web.json_response({name: sorted(upstream.answers) for name, upstream in upstreams.items()})

    async def script(request: web.Request) -> web.StreamResponse:
        try:
            order = await request.json()
            upstream = upstreams[order["provider"]]
            queued = answers_from(order["answers"], upstream.answers)
        except (KeyError, TypeError, ValueError) as problem:
            return web.json_response({"error": repr(problem)}, status=400)
        ledger.script(upstream.name, Lane.PROBE if order.get("probe") else Lane.GENERATION, queued)
        return web.json_response({"queued": len(queued)})

    async def reset(request: web.Request) -> web.StreamResponse:
        ledger.reset()
        return web.json_response({"reset": True})

    return [
        web.get("/_simulator/received", received),
        web.get("/_simulator/answers", answers),
        web.post("/_simulator/script", script),
        web.post("/_simulator/reset", reset),
    ]


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
