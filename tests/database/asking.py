"""Requests to a proxy with a database: an administrator's, and a client's calls."""

from __future__ import annotations

from typing import Any

import httpx

from tests.running import Proxy

PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]


def manage(proxy: Proxy, path: str, **fields: Any) -> dict[str, Any]:
    """Posts a request of the admin UI; returns the response."""
    with proxy.client() as admin:
        response = admin.post(path, json=fields)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def new_key(proxy: Proxy, **grants: Any) -> str:
    """Creates a key as the admin UI does."""
    return str(manage(proxy, "/key/generate", **grants)["key"])


def ask(proxy: Proxy, key: str, path: str = "/v1/chat/completions", **fields: Any) -> httpx.Response:
    """Makes a client's call."""
    with proxy.client(key) as client:
        return client.post(path, json={"messages": PONG, "max_tokens": 64, **fields})
