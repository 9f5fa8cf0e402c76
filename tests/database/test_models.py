"""The models page: a pattern for each provider, aliases, prices, and a model that is added there."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pointsman.simulator import Simulator
from tests.database.asking import PONG, ask, manage, new_key
from tests.proxy.test_routes import ALIASES, PATTERNS
from tests.running import MASTER_KEY, Proxy

_RECONCILED_SECONDS = 40
"""LiteLLM synchronises its router with its database every 30 seconds."""


def _models(proxy: Proxy, **parameters: Any) -> list[dict[str, Any]]:
    """Requests the models as the models page does."""
    with proxy.client() as admin:
        response = admin.get("/v2/model/info", params={"include_team_models": True, "size": 500, **parameters})
    assert response.status_code == 200, response.text
    models: list[dict[str, Any]] = response.json()["data"]
    return models


def test_the_models_page_has_each_pattern_once(proxy: Proxy):
    listed = [model["model_name"] for model in _models(proxy)]

    assert len(listed) == len({*listed})
    assert {*PATTERNS} <= {*listed}
    assert {name.partition("/")[0] for name in listed} == {name.partition("/")[0] for name in PATTERNS}


def test_the_page_of_aliases_has_the_aliases(proxy: Proxy):
    with proxy.client() as admin:
        settings = admin.get("/get/config/callbacks").json()["router_settings"]

    assert sorted(settings["model_group_alias"]) == ALIASES


@pytest.mark.parametrize(
    ("name", "provider", "price"),
    [
        ("kimi/kimi-for-coding", "kimi", 0.0),
        ("moonshot/kimi-k3", "moonshot", 3e-06),
        ("openai/gpt-4o-mini", "openai", 1.5e-07),
    ],
)
def test_a_declared_model_is_listed_with_provider_and_price(proxy: Proxy, name: str, provider: str, price: float):
    with proxy.client() as admin:
        models = admin.get("/v1/model/info").json()["data"]
    (info,) = [model["model_info"] for model in models if model["model_name"] == name]

    assert (info["provider"], info["input_cost_per_token"]) == (provider, price)


def test_no_key_is_shown(proxy: Proxy, simulator: Simulator):
    with proxy.client() as admin:
        pages = [admin.get(path).text for path in ("/v2/model/info", "/model/info", "/get/config/callbacks")]

    keys = [value for name, value in simulator.environ().items() if name.endswith("_KEY")]
    assert keys
    assert [key for key in keys for page in pages if key in page] == []


def test_a_model_added_in_the_ui_is_served_next_to_ours_until_it_is_deleted(proxy: Proxy, simulator: Simulator):
    env = simulator.environ()
    params = {
        "model": "openai/gpt-4o-mini",
        "api_base": env["OPENAI_BASE_URL"],
        "api_key": env["OPENAI_API_KEY"],
    }
    before = sorted(model["model_name"] for model in _models(proxy))
    added = manage(proxy, "/model/new", model_name="gpt-5-of-the-house", litellm_params=params, model_info={})
    key = new_key(proxy, models=["gpt-5-of-the-house"])

    assert ask(proxy, key, model="gpt-5-of-the-house").status_code == 200
    assert [request.fields["model"] for request in simulator.attempts] == ["gpt-4o-mini"]
    assert ask(proxy, key, model="gpt-4o-mini").status_code in {401, 403}
    assert "gpt-5-of-the-house" in [model["model_name"] for model in _models(proxy)]

    manage(proxy, "/model/delete", id=added["model_id"])

    assert sorted(model["model_name"] for model in _models(proxy)) == before
    for name in ("moonshot/kimi-k3", "kimi/kimi-for-coding", "openai/gpt-5-mini"):
        assert ask(proxy, MASTER_KEY, model=name).status_code == 200


def test_nothing_is_lost_when_litellm_compares_with_its_database(proxy: Proxy, simulator: Simulator):
    """LiteLLM used to delete the patterns of all providers with a base URL from the environment."""
    time.sleep(_RECONCILED_SECONDS)

    for name in ("openai/gpt-5-mini", "kimi/k3", "opencode/claude-haiku-4-5", "qwen3.5:latest"):
        response = ask(proxy, MASTER_KEY, model=name)
        assert response.status_code == 200, response.text


def test_the_playground_streams_kimis_reasoning(proxy: Proxy, simulator: Simulator):
    body = {
        "model": "kimi/kimi-for-coding",
        "messages": PONG,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    with proxy.client() as playground:
        text = playground.post("/chat/completions", json=body).text

    assert '"reasoning_content":' in text
    assert '"reasoning_tokens":' in text
    assert text.rstrip().endswith("data: [DONE]")
