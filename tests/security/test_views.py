"""The models that a key other than the master key can see; Gemini's own clients can stream."""

from __future__ import annotations

import json

import pytest

from custom_providers.server.gate.hidden_details import Narrowed
from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.running import MASTER_KEY
from tests.security.keys import EVERYTHING, ONE


@pytest.mark.parametrize("path", ["/model/info", "/v1/model/info"])
@pytest.mark.parametrize("key", [ONE, EVERYTHING])
def test_a_key_sees_no_base_url(attacked: Recorded, simulator: Simulator, path: str, key: str):
    with attacked.proxy.client(key) as client:
        response = client.get(path, headers={"Accept-Encoding": "gzip"})

    assert response.status_code == 200, response.text
    assert response.json()["data"], "there are models to see"
    assert "127.0.0.1" not in response.text
    assert "api_base" not in response.text


def test_the_admin_uis_models_page_shows_a_key_no_base_url(by_virtual_keys: Recorded):
    """``/v2/model/info`` needs a database."""
    with by_virtual_keys.proxy.client(EVERYTHING) as client:
        response = client.get("/v2/model/info")
    with by_virtual_keys.proxy.client(MASTER_KEY) as client:
        whole = client.get("/v2/model/info")

    assert response.status_code == 200, response.text
    assert response.json()["data"], "there are models to see"
    assert "api_base" not in response.text
    assert "127.0.0.1" not in response.text
    assert "api_base" in whole.text


def test_the_master_key_does(attacked: Recorded):
    with attacked.proxy.client(MASTER_KEY) as client:
        assert "api_base" in client.get("/v1/model/info").text


async def _sent(content: object) -> object:
    sent: list[bytes] = []

    async def send(message: object) -> None:
        sent.append(message.get("body", b""))  # type: ignore[attr-defined]

    narrowed = Narrowed(send)
    await narrowed({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
    body = json.dumps(content).encode()
    await narrowed({"type": "http.response.body", "body": body[:5], "more_body": True})
    await narrowed({"type": "http.response.body", "body": body[5:]})
    return json.loads(b"".join(sent))


def test_people_are_shown_without_their_addresses():
    import asyncio

    shown = asyncio.run(_sent([{"user_id": "u1", "user_email": "a@example.org", "alias": "b@example.org"}]))

    assert shown == [{"user_id": "u1", "alias": None}]


@pytest.mark.parametrize("key", [EVERYTHING, MASTER_KEY])
@pytest.mark.parametrize("model", ["gemini-2.5-flash", "gpt-4o-mini"])
@pytest.mark.parametrize("verb", ["generateContent", "streamGenerateContent", "streamGenerateContent?alt=sse"])
def test_geminis_own_protocol_is_served(attacked: Recorded, simulator: Simulator, verb: str, model: str, key: str):
    body = {"contents": [{"role": "user", "parts": [{"text": "Reply PONG"}]}]}
    with attacked.proxy.client(key) as client:
        response = client.post(f"/v1beta/models/{model}:{verb}", json=body)

    assert response.status_code == 200, response.text
    assert "candidates" in response.text
    asked = [request for request in simulator.received if request.method == "POST"]
    assert [request.provider for request in asked] == ["gemini" if "gemini" in model else "openai"]
    assert b"_litellm_skip" not in asked[0].body
