"""Keys, teams and users of the database reach only their granted models, through every routing rule."""

from __future__ import annotations

from typing import Any

import pytest

from pointsman.simulator import Simulator
from tests.database.asking import ask, manage, new_key
from tests.patience import eventually
from tests.running import MASTER_KEY, Proxy

ONE = ["openai/gpt-4o-mini"]
CLOUD = ["ollama_cloud/gpt-oss:120b"]

OPENED = [
    (ONE, {"model": "openai/gpt-4o-mini"}, "openai"),
    (ONE, {"model": "gpt-4o-mini"}, "openai"),
    (ONE, {"model": "fast"}, "openai"),
    (ONE, {"model": "gpt-4o-mini", "provider": "openai"}, "openai"),
    (ONE, {"provider": "openai"}, "openai"),
    (CLOUD, {"model": "cloud/gpt-oss:120b"}, "ollama_cloud"),
    (CLOUD, {"model": "gpt-oss:120b-cloud"}, "ollama_cloud"),
    (["fast"], {"model": "fast"}, "openai"),
    (["openai/*"], {"model": "gpt-5-mini"}, "openai"),
    (["all-proxy-models"], {"model": "thinker"}, "kimi"),
    ([], {"model": "opencode/claude-haiku-4-5"}, "opencode"),
]

WITHHELD = [
    (ONE, {"model": "gpt-5-mini"}),
    (ONE, {"model": "openai/gpt-5-mini"}),
    (ONE, {"model": "thinker"}),
    (ONE, {"model": "qwen3.5:latest"}),
    (ONE, {"model": "gpt-oss:120b-cloud"}),
    (ONE, {"model": "gpt-4o-mini", "provider": "openrouter"}),
    (ONE, {"provider": "kimi"}),
    (ONE, {"model": "fast", "fallbacks": ["local"]}),
    (CLOUD, {"model": "gpt-oss:120b"}),
    (["fast"], {"model": "local"}),
    (["fast"], {"model": "openai/gpt-4o-mini"}),
    (["fast"], {"model": "fast", "provider": "ollama"}),
    (["openai/*"], {"model": "gpt-4o-mini", "provider": "openrouter"}),
]

PATHS = ["/v1/chat/completions", "/v1/messages"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("models", "fields", "provider"), OPENED)
def test_a_key_opens_its_models(
    proxy: Proxy, simulator: Simulator, path: str, models: list[str], fields: dict[str, Any], provider: str
):
    response = ask(proxy, new_key(proxy, models=models), path, **fields)

    assert response.status_code == 200, response.text
    assert {request.provider for request in simulator.attempts} == {provider}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("models", "fields"), WITHHELD)
def test_a_key_opens_nothing_else(
    proxy: Proxy, simulator: Simulator, path: str, models: list[str], fields: dict[str, Any]
):
    response = ask(proxy, new_key(proxy, models=models), path, **fields)

    assert response.status_code in {401, 403}, response.text
    assert simulator.attempts == []


def test_a_team_limits_its_keys(proxy: Proxy, simulator: Simulator):
    team = manage(proxy, "/team/new", models=ONE)["team_id"]
    keys = [new_key(proxy, team_id=team), new_key(proxy, team_id=team, models=["all-team-models"])]

    for key in keys:
        assert ask(proxy, key, model="gpt-4o-mini").status_code == 200
        assert ask(proxy, key, model="gpt-5-mini").status_code in {401, 403}
        assert ask(proxy, key, model="gpt-4o-mini", provider="openrouter").status_code in {401, 403}
    assert {request.provider for request in simulator.attempts} == {"openai"}


def test_a_user_limits_their_keys(proxy: Proxy, simulator: Simulator):
    user = manage(proxy, "/user/new", models=ONE, auto_create_key=False)["user_id"]
    key = new_key(proxy, user_id=user)

    assert ask(proxy, key, model="gpt-4o-mini").status_code == 200
    assert ask(proxy, key, model="gpt-4o-mini", provider="openrouter").status_code in {401, 403}
    assert ask(proxy, key, model="local").status_code in {401, 403}
    assert {request.provider for request in simulator.attempts} == {"openai"}


def test_a_key_of_a_user_whom_nobody_created_is_not_refused_for_that(proxy: Proxy, simulator: Simulator):
    assert ask(proxy, new_key(proxy, user_id="nobody", models=ONE), model="fast").status_code == 200


def test_the_master_key_opens_everything(proxy: Proxy, simulator: Simulator):
    assert ask(proxy, MASTER_KEY, model="thinker").status_code == 200


def test_a_spent_budget_closes_its_key(proxy: Proxy, simulator: Simulator):
    key = new_key(proxy, models=ONE, max_budget=1e-9)

    assert ask(proxy, key, model="gpt-4o-mini").status_code == 200
    eventually(lambda: "budget" in ask(proxy, key, model="gpt-4o-mini").text.lower())
