"""The routes of agents come first, and keep their endpoints."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from starlette.routing import Match, Route
from starlette.types import Scope

from custom_providers.server.endpoints import direct_routes
from tests.patience import SECONDS
from tests.running import REPOSITORY, clean_environment

_LITELLMS = """
import asyncio, collections, httpx
from starlette.routing import Match, BaseRoute
from custom_providers.server.endpoints import direct_routes
from litellm.proxy.proxy_server import app

tried = collections.Counter()

class Noting(BaseRoute):
    def matches(self, scope):
        tried[scope["path"]] += 1
        return Match.NONE, {}

async def ask():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://proxy") as client:
        for path in direct_routes.PATHS * 3:
            assert (await client.post(path, json={})).status_code not in {404, 405}, path

direct_routes.add(app)
app.router.routes.insert(len(direct_routes.PATHS), Noting())
asyncio.run(ask())
print(dict(tried))
"""


def _responses() -> dict[str, str]:
    return {"by": "responses"}


@pytest.fixture
def app() -> FastAPI:
    """An app with two of the three routes, one inside a router."""
    made, router = FastAPI(), APIRouter()

    async def messages(request: Request) -> dict[str, str]:
        return {"by": "messages", "path": request.url.path, "said": (await request.json())["said"]}

    def listed() -> dict[str, str]:
        return {"by": "listed"}

    router.add_api_route("/v1/messages", messages, methods=["POST"])
    made.add_api_route("/v1/messages", listed, methods=["GET"])
    made.include_router(router)
    made.add_api_route("/v1/responses", _responses, methods=["POST"])
    direct_routes.add(made)
    return made


def _ask(app: FastAPI, method: str, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://proxy") as client:
            return await client.request(method, path, json={"said": "hi"})

    return asyncio.run(ask())


def test_each_is_found_first_and_answers_as_before(app: FastAPI):
    assert [getattr(route, "path", None) for route in app.router.routes[:3]] == [*reversed(direct_routes.PATHS)]
    assert _ask(app, "POST", "/v1/messages").json() == {"by": "messages", "path": "/v1/messages", "said": "hi"}
    assert _ask(app, "POST", "/v1/responses").json() == {"by": "responses"}


def test_a_route_that_is_added_later_is_found_first_too():
    made = FastAPI()
    tried: list[str] = []
    direct_routes.add(made)
    assert _ask(made, "POST", "/v1/responses").status_code == 404
    made.router.routes.append(_Noting("/v1/other", _responses, tried))
    made.add_api_route("/v1/responses", _responses, methods=["POST"])
    assert [_ask(made, "POST", "/v1/responses").json() for _ in range(3)] == [{"by": "responses"}] * 3
    assert tried == ["/v1/responses"], "only the first request may search"


def test_litellms_own_routes_are_found_first():
    found = subprocess.run(
        [sys.executable, "-c", _LITELLMS],
        env={**clean_environment(), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    # Only the first request of a path may try the routes behind the shortcuts.
    assert found.stdout.splitlines()[-1] == str(dict.fromkeys(direct_routes.PATHS, 1))


def test_other_methods_and_paths_go_the_old_way(app: FastAPI):
    assert _ask(app, "GET", "/v1/messages").json() == {"by": "listed"}
    assert _ask(app, "DELETE", "/v1/messages").status_code == 405
    assert _ask(app, "POST", "/v1/messages/count_tokens").status_code == 404
    assert _ask(app, "POST", "/v1/chat/completions").status_code == 404


class _Noting(Route):
    """A route that notes the paths that it is tried for."""

    def __init__(self, path: str, endpoint: Callable[..., Any], tried: list[str]) -> None:
        super().__init__(path, endpoint)
        self._tried = tried

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        self._tried.append(scope["path"])
        return super().matches(scope)
