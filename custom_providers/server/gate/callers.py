"""Identifies the caller: the master key, a session of the admin UI, or another key.

LiteLLM decides: the gate calls an internal route, which clients cannot reach and which depends on LiteLLM's
authentication, with the client's headers. A virtual key never counts as a session, regardless of its owner: LiteLLM
assigns keys generated with the master key to an administrator.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from litellm.constants import (  # noqa: TID253 -- LiteLLM imports this module
    LITELLM_PROXY_MASTER_KEY_ALIAS,
    UI_SESSION_TOKEN_TEAM_ID,
)
from litellm.proxy._types import LitellmUserRoles, UserAPIKeyAuth  # noqa: TID253 -- as above
from litellm.proxy.auth.user_api_key_auth import user_api_key_auth  # noqa: TID253 -- as above
from starlette.types import ASGIApp, Message, Scope

from custom_providers.server.gate.error_bodies import RefusedError

_PATH = "/pointsman/caller"
_FOUND = "pointsman.caller"
_ASKED_AS = "/v1/models"
"""A route that LiteLLM allows every key to call."""

_HASH = 64
"""Length of a key's hash in characters."""

_ABOUT_A_BODY = frozenset({b"content-length", b"content-type", b"transfer-encoding", b"expect"})


@dataclass(slots=True, kw_only=True)
class Caller:
    """What the gate needs to know about a client."""

    in_dashboard: bool = False
    """Whether this is a session of the admin UI."""
    administrator: bool = False
    """Whether the caller may also call routes that are not on the list."""
    name: str | None = None
    """The key's name for the audit: its alias, or the end of the key's hash as LiteLLM stores it."""
    team: str | None = None


class Callers:
    """Lets LiteLLM identify the sender of a request."""

    def __init__(self, app: FastAPI) -> None:
        async def found(request: Request, identity: Annotated[UserAPIKeyAuth, Depends(user_api_key_auth)]) -> None:
            caller: Caller = request.scope[_FOUND]
            caller.in_dashboard = identity.team_id == UI_SESSION_TOKEN_TEAM_ID
            own = caller.in_dashboard or identity.api_key == LITELLM_PROXY_MASTER_KEY_ALIAS
            caller.administrator = own and identity.user_role == LitellmUserRoles.PROXY_ADMIN
            caller.name = identity.key_alias or _end_of_hash(identity.token)
            caller.team = identity.team_alias or identity.team_id

        app.add_api_route(
            _PATH, found, methods=["GET"], include_in_schema=False, dependencies=[Depends(ask_as_for_models)]
        )

    async def caller(self, scope: Scope, app: ASGIApp) -> Caller:
        """Identify the sender of the request in ``scope``; ``app`` is LiteLLM's.

        Raises:
            RefusedError: LiteLLM does not accept the key; the message is LiteLLM's.
        """
        caller = Caller()
        answer: dict[str, Any] = {"status": 500, "body": b""}

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
            answer["body"] += message.get("body", b"")

        await app(_question(scope, caller), receive, send)
        if answer["status"] != 200:
            raise RefusedError(answer["status"], _reason(answer["body"]))
        return caller


def _end_of_hash(token: str | None) -> str | None:
    return f"...{token[-4:]}" if token and len(token) == _HASH else None


def ask_as_for_models(request: Request) -> None:
    """Require the same permission as for listing models; LiteLLM allows virtual keys known paths only."""
    request.scope["path"] = _ASKED_AS


def _question(scope: Scope, caller: Caller) -> Scope:
    path = f"{scope['root_path']}{_PATH}"
    return {
        **scope,
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name, value) for name, value in scope["headers"] if name not in _ABOUT_A_BODY],
        "state": dict(scope.get("state", {})),
        _FOUND: caller,
    }


def _reason(body: bytes) -> str:
    """The message in a LiteLLM error body."""
    try:
        answer = json.loads(body)
        return str(answer["error"]["message"] if "error" in answer else answer["detail"])
    except (ValueError, KeyError, TypeError):
        return "LiteLLM could not identify the owner of this key"
