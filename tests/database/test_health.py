"""Health checks and "test connection" cost nothing, and skip providers that only serve explicit requests."""

from __future__ import annotations

import pytest

from pointsman.simulator import Simulator
from tests.database.asking import manage
from tests.running import Proxy


def test_health_asks_local_providers_only(proxy: Proxy, simulator: Simulator):
    with proxy.client() as admin:
        for model in admin.get("/v2/model/info", params={"size": 500}).json()["data"]:
            admin.get("/health", params={"model_id": model["model_info"]["id"]})
        assert admin.get("/health").status_code == 200

    # The page of this proxy may read quotas meanwhile; an attempt would be a call of a model.
    assert "ollama" in {request.provider for request in simulator.received}
    assert {request.provider for request in simulator.attempts} <= {"ollama"}


@pytest.mark.parametrize("name", ["kimi/*", "moonshot/*", "openai/*", "claude/*"])
def test_a_connection_test_of_a_paid_provider_asks_nobody_and_says_what_to_do(
    proxy: Proxy, simulator: Simulator, name: str
):
    with proxy.client() as admin:
        models = admin.get("/v2/model/info", params={"search": name}).json()["data"]
    (model,) = [model for model in models if model["model_name"] == name]

    shown = manage(proxy, "/health/test_connection", **{key: model[key] for key in ("litellm_params", "model_info")})
    short = manage(proxy, "/health/test_connection", litellm_params={"model": name}, mode="chat")

    for answer in (shown, short):
        assert answer["status"] == "error"
        assert "pointsman check --live" in answer["result"]["error"]
    assert simulator.attempts == []


def test_a_connection_test_of_the_local_provider_asks_it(proxy: Proxy, simulator: Simulator):
    params = {"model": "ollama_chat/qwen3.5:latest", "api_base": simulator.environ()["OLLAMA_BASE_URL"]}

    answer = manage(proxy, "/health/test_connection", litellm_params=params, mode="chat")

    assert answer["status"] == "success"
    assert {request.provider for request in simulator.attempts} == {"ollama"}


def test_readiness_asks_nobody(proxy: Proxy, simulator: Simulator):
    with proxy.client() as admin:
        assert admin.get("/health/readiness").json()["db"] == "connected"

    assert simulator.attempts == []
