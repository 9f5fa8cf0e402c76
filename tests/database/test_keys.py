"""Keys that the database holds open what they were given."""

from __future__ import annotations

from tests.running import Proxy
from tests.simulator import Simulator


def test_a_key_for_one_model(proxy: Proxy, simulator: Simulator):
    with proxy.client() as admin:
        key = admin.post("/key/generate", json={"models": ["openai/gpt-4o-mini"]}).json()["key"]
    with proxy.client(key) as client:
        body = {"model": "openai/gpt-4o-mini", "messages": [{"role": "user", "content": "PONG"}]}
        assert client.post("/v1/chat/completions", json=body).status_code == 200
        assert client.post("/v1/chat/completions", json={**body, "model": "local"}).status_code == 403
