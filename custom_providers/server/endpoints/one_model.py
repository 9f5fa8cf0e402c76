"""``GET /v1/models/{id}`` for every id that ``GET /v1/models`` lists to the same key, with or without slashes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import Route as HttpRoute
from starlette.types import Message, Receive, Scope, Send

from custom_providers.server.gate import error_bodies
from custom_providers.server.gate.error_bodies import RefusedError

_LIST = "/v1/models"


def add(app: FastAPI) -> None:
    """Add the routes before LiteLLM's, which accept no slashes in ids."""
    for path in ("/v1/models/{model:path}", "/models/{model:path}"):
        app.router.routes.insert(0, HttpRoute(path, _OneModel(app), methods=["GET"]))


class _OneModel:
    """Answers from LiteLLM's list, which contains only models that the key may see."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, body = await self._listed(scope, receive)
        if status == 200:
            status, body = _picked(body, scope)
        await Response(body, status, media_type="application/json")(scope, receive, send)

    async def _listed(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        """The status and body of ``GET /v1/models`` for the same client."""
        answer: dict[str, Any] = {"status": 500, "body": b""}

        async def keep(message: Message) -> None:
            answer["status"] = message.get("status", answer["status"])
            answer["body"] += message.get("body", b"")

        asked = {**scope, "path": _LIST, "raw_path": _LIST.encode(), "query_string": b""}
        await self._app.router(asked, receive, keep)
        return answer["status"], answer["body"]


def _picked(body: bytes, scope: Scope) -> tuple[int, bytes]:
    wanted = scope["path_params"]["model"]
    found = next((model for model in orjson.loads(body)["data"] if model["id"] == wanted), None)
    speaks_anthropic = any(name == b"anthropic-version" for name, _ in scope["headers"])
    if found is None:
        path = "/v1/messages" if speaks_anthropic else _LIST
        return 404, error_bodies.body(path, RefusedError(404, f'no model "{wanted}": GET {_LIST} lists them'))
    return 200, orjson.dumps(_for_anthropic(found) if speaks_anthropic else found)


def _for_anthropic(model: dict[str, Any]) -> dict[str, Any]:
    """A model in the format of https://docs.anthropic.com/en/api/models."""
    created = model.get("created_at") or datetime.fromtimestamp(model.get("created") or 0, UTC).isoformat()
    name = model.get("display_name") or model["id"]
    return {"type": "model", "id": model["id"], "display_name": name, "created_at": created.replace("+00:00", "Z")}
