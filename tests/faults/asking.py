"""Requests of the fault tests, and checks of refusals."""

from __future__ import annotations

import json
from typing import Any

import httpx

CHAT = "/v1/chat/completions"
HELLO: list[Any] = [{"role": "user", "content": "Reply PONG"}]
OPENAI = "openai/gpt-4o-mini"
JSON = {"Content-Type": "application/json"}

PATHS: dict[str, dict[str, Any]] = {
    CHAT: {"messages": HELLO},
    "/v1/chat": {"messages": HELLO},
    "/v1/completions": {"prompt": "Reply PONG"},
    "/v1/embeddings": {"input": "PONG"},
    "/v1/messages": {"messages": HELLO, "max_tokens": 64},
    "/v1/responses": {"input": "Reply PONG"},
    "/v1/responses/compact": {"input": "Reply PONG"},
    "/v1beta/models/gpt-4o-mini:generateContent": {"contents": [{"parts": [{"text": "Reply PONG"}]}]},
    "/v1/rerank": {"query": "PONG", "documents": ["PONG"]},
    "/v1/moderations": {"input": "PONG"},
    "/v1/images/generations": {"prompt": "PONG"},
    "/v1/audio/speech": {"input": "PONG", "voice": "alloy"},
    "/v1/batches": {"input_file_id": "f", "endpoint": CHAT, "completion_window": "24h"},
    "/v1/containers": {"name": "PONG"},
    "/interactions": {"input": "Reply PONG"},
}
"""The body of a valid request without its model, by path."""


def body_with(**fields: Any) -> bytes:
    """A chat request for ``OPENAI``; ``fields`` are added or replace its own."""
    return json.dumps({"model": OPENAI, "messages": HELLO, **fields}).encode()


def refused(response: httpx.Response, says: str) -> bool:
    """Asserts that the response is a 400 in OpenAI's shape that contains ``says``."""
    assert response.status_code == 400, response.text
    error = response.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert says in error["message"]
    assert "Traceback" not in error["message"]
    return True


def refused_anywhere(response: httpx.Response, says: str) -> bool:
    """Asserts the same for the error shape of any protocol."""
    assert response.status_code == 400, response.text
    assert says in response.json()["error"]["message"]
    return True
