"""LiteLLM's public price list, encoded once a minute: FastAPI would take a second of CPU for each request."""

from __future__ import annotations

import time

import litellm  # noqa: TID253 -- LiteLLM imports the module that imports this one
import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as HttpRoute

PATH = "/public/litellm_model_cost_map"
_FRESH_SECONDS = 60


def add(app: FastAPI) -> None:
    """Add the route before LiteLLM's. The admin UI requests it without its session's key, so it must be public."""
    app.router.routes.insert(0, HttpRoute(PATH, _PublicPrices().answer, methods=["GET"]))


class _PublicPrices:
    """Needs no key, so a flood of requests must be cheap."""

    def __init__(self) -> None:
        self._encoded = b""
        self._expires = 0.0

    async def answer(self, _: Request) -> Response:
        if time.monotonic() >= self._expires:
            self._encoded = orjson.dumps(litellm.model_cost, default=str)
            self._expires = time.monotonic() + _FRESH_SECONDS
        return Response(self._encoded, media_type="application/json")
