"""``POST /v1/messages/count_tokens``: the provider's count if its API has one, else a local estimate.

For a provider without such an API, LiteLLM answers 0 or 500. Claude Code uses this number to decide when to compact.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import litellm  # noqa: TID253 -- LiteLLM imports this module
import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from custom_providers.json_parts import parsed_object
from custom_providers.routing.resolver import RouteTable
from custom_providers.server.gate import error_bodies
from custom_providers.server.gate.error_bodies import RefusedError
from custom_providers.server.gate.route_lookup import below_root

_PATH = "/v1/messages/count_tokens"
_COUNTED = ("system", "messages", "tools")
_IMAGE = 1_600
"""Tokens of an image of the largest size that is not scaled down: https://docs.anthropic.com/en/docs/vision."""
_TOKENIZER = "gpt-4o"
"""The model whose tokenizer LiteLLM bundles; other vendors' counts differ by a few percent."""


class TokenCounts:
    """An ASGI app around LiteLLM's that adds missing token counts."""

    def __init__(self, app: ASGIApp, table: RouteTable) -> None:
        self._app = app
        self._table = table

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; only token counts are changed."""
        if scope["type"] != "http" or scope["method"] != "POST" or below_root(scope) != _PATH:
            await self._app(scope, receive, send)
            return
        request, answer = bytearray(), _Answer()

        async def kept() -> Message:
            message = await receive()
            request.extend(message.get("body", b""))
            return message

        await self._app(scope, kept, answer)
        status, body = await self._counted(bytes(request), answer)
        await Response(body, status, media_type="application/json")(scope, receive, send)

    async def _counted(self, request: bytes, answer: _Answer) -> tuple[int, bytes]:
        asked = parsed_object(request) or {}
        name = asked.get("model")
        if answer.status in {401, 403} or not isinstance(name, str) or not asked.get("messages"):
            return answer.status, answer.body
        route = self._table.resolve(name)
        if route.status != 200:
            return route.status, error_bodies.body(
                _PATH, RefusedError(route.status, f'model "{name}": {route.message}')
            )
        provider = self._table.providers.get(str(route.provider))
        # With Anthropic's protocol, a 404 concerns the model; elsewhere it means that there is no such API.
        lacking = answer.status >= 500 or (
            answer.status == 404 and (provider is None or provider.wire_family != "anthropic")
        )
        if not lacking and (answer.status != 200 or (parsed_object(answer.body) or {}).get("input_tokens")):
            return answer.status, answer.body
        return 200, orjson.dumps({"input_tokens": await asyncio.to_thread(count, asked)})


class _Answer:
    """An ASGI ``send`` that stores LiteLLM's response."""

    def __init__(self) -> None:
        self.status = 500
        self.body = b""

    async def __call__(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")


def count(request: Mapping[str, Any]) -> int:
    """Estimate the tokens of a request in Anthropic's format, at least 1."""
    parts = list(_parts([request.get(name) for name in _COUNTED]))
    text = "\n".join(part for part in parts if isinstance(part, str))
    images = sum(part for part in parts if isinstance(part, int))
    return max(1, int(litellm.token_counter(model=_TOKENIZER, text=text)) + images)


def _parts(value: Any) -> Iterator[str | int]:
    """The texts of a request, and the token count of each image."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, list):
            pending += each
        elif isinstance(each, Mapping):
            if each.get("type") in ("image", "document"):
                yield _IMAGE
            else:
                # The model also reads the field names of a tool.
                pending += [*each.keys(), *each.values()]
