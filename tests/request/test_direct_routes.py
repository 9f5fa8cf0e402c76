"""The routes of agents come first, and keep their endpoints."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request

from custom_providers.request import direct_routes


@pytest.fixture
def app() -> FastAPI:
    """An app with two of the three routes, one after other routes and one inside a router."""
    made, router = FastAPI(), APIRouter()

    async def messages(request: Request) -> dict[str, str]:
        return {"by": "messages", "path": request.url.path, "said": (await request.json())["said"]}

    def listed() -> dict[str, str]:
        return {"by": "listed"}

    def responses() -> dict[str, str]:
        return {"by": "responses"}

    router.add_api_route("/v1/messages", messages, methods=["POST"])
    made.add_api_route("/v1/messages", listed, methods=["GET"])
    made.include_router(router)
    made.add_api_route("/v1/responses", responses, methods=["POST"])
    direct_routes.add(made)
    return made


def _ask(app: FastAPI, method: str, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://proxy") as client:
            return await client.request(method, path, json={"said": "hi"})

    return asyncio.run(ask())


def test_each_is_found_first_and_answers_as_before(app: FastAPI):
    assert [getattr(route, "path", None) for route in app.router.routes[:2]] == ["/v1/responses", "/v1/messages"]
    assert _ask(app, "POST", "/v1/messages").json() == {"by": "messages", "path": "/v1/messages", "said": "hi"}
    assert _ask(app, "POST", "/v1/responses").json() == {"by": "responses"}


def test_other_methods_and_paths_go_the_old_way(app: FastAPI):
    assert _ask(app, "GET", "/v1/messages").json() == {"by": "listed"}
    assert _ask(app, "POST", "/v1/messages/count_tokens").status_code == 404
    assert _ask(app, "POST", "/v1/chat/completions").status_code == 404
