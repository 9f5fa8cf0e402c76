"""The route list also applies below a ``SERVER_ROOT_PATH``, with and without that path in the request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from custom_providers.registry.model import Registry
from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.running import MASTER_KEY
from tests.security.conftest import PASS_THROUGH_TARGETS, guarded
from tests.security.keys import EVERYTHING, ONE
from tests.security.raw import exchange, status, written
from tests.security.target import Target

ROOT = "/llm/gateway"
PONG: list[Any] = [{"role": "user", "content": "Reply PONG"}]
BODY = {"model": "openai/gpt-4o-mini", "messages": PONG, "max_tokens": 64}


@pytest.fixture(scope="module", params=[ROOT, f"{ROOT}/"])
def mounted(
    request: pytest.FixtureRequest,
    upstreams: Simulator,
    target_server: Target,
    example_registry: Registry,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Recorded]:
    """The attacked proxy with the root path ``ROOT``."""
    targets = dict.fromkeys(PASS_THROUGH_TARGETS, target_server.url)
    env = {**upstreams.environ(), **targets, "SERVER_ROOT_PATH": request.param}
    with guarded(example_registry, env, tmp_path_factory.mktemp("mounted")) as recorded:
        yield recorded


@pytest.mark.parametrize("start", [ROOT, ""])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1/chat"])
@pytest.mark.parametrize("stream", [False, True])
def test_what_is_on_the_list_is_served(mounted: Recorded, simulator: Simulator, start: str, path: str, stream: bool):
    with mounted.proxy.client(ONE) as client:
        row = mounted.row_of(lambda: client.post(start + path, json={**BODY, "stream": stream}).raise_for_status())

    assert (row["endpoint"], row["status"], row["provider"]) == (path, 200, "openai")
    assert len(simulator.attempts) == 1


def test_so_is_what_a_key_may_read(mounted: Recorded):
    with mounted.proxy.client(ONE) as client:
        listed = client.get(f"{ROOT}/v1/models").json()["data"]
        assert listed
        assert client.get(f"{ROOT}/v1/models/{listed[0]['id']}").json()["id"] == listed[0]["id"]
        assert client.get(f"{ROOT}/v1/chat/providers").status_code == 200
        assert "api_base" not in client.get(f"{ROOT}/v1/model/info").text


@pytest.mark.parametrize("start", [ROOT, ""])
@pytest.mark.parametrize("path", ["/anthropic/v1/messages", "/v1/batches", "/config/update"])
def test_what_is_not_is_the_master_keys(mounted: Recorded, target: Target, start: str, path: str):
    with mounted.proxy.client(EVERYTHING) as client:
        response = client.post(start + path, json=BODY)

    assert response.status_code == 403, response.text
    assert f"POST {path} is open to the master key only" in response.text
    assert target.arrivals == []


SPELLINGS = [
    f"{ROOT}{ROOT}/anthropic/v1/messages",
    f"{ROOT}//anthropic/v1/messages",
    f"/{ROOT}/anthropic/v1/messages",
    f"{ROOT}/../anthropic/v1/messages",
    f"{ROOT}/..{ROOT}/anthropic/v1/messages",
    f"{ROOT}x/anthropic/v1/messages",
    "/llm/anthropic/v1/messages",
    "/llm%2fgateway/anthropic/v1/messages",
    f"{ROOT}/%61nthropic/v1/messages",
    f"{ROOT}/v1/chat/completions{ROOT}/anthropic/v1/messages",
]


@pytest.mark.parametrize("path", SPELLINGS)
def test_no_spelling_opens_another_route(mounted: Recorded, target: Target, simulator: Simulator, path: str):
    answer = exchange(mounted.proxy.url, written("POST", path, EVERYTHING, json.dumps(BODY).encode()))

    assert 400 <= status(answer) < 500, answer
    assert target.arrivals == []
    assert simulator.attempts == []


def test_the_operator_reaches_everything_there(mounted: Recorded):
    with mounted.proxy.client(MASTER_KEY) as client:
        assert client.get(f"{ROOT}/router/settings").status_code == 200
        assert "<h1>pointsman</h1>" in client.get(f"{ROOT}/pointsman/").text
        assert str(client.get(f"{ROOT}/ui").headers["location"]).startswith(f"{ROOT}/pointsman/")
