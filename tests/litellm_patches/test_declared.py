"""The declared models as deployments: found, priced and rested like LiteLLM's own, and never in a request's way."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
from typing import Any

import litellm
import pytest
from litellm.types.router import RouterRateLimitError

from custom_providers.litellm_patches import declared
from custom_providers.litellm_patches.declared import DeclaringRouter
from custom_providers.routing.resolver import RouteTable, Row

WAYS = [
    {
        "model_name": "house/*",
        "litellm_params": {"model": "openai/*", "api_base": "https://house.example/v1", "api_key": "none"},
        "model_info": {"provider": "house", "health_check_model": "openai/first", "allowed_fails": 7},
    },
    {
        "model_name": "house/claude-*",
        "litellm_params": {"model": "anthropic/claude-*", "api_base": "https://house.example", "api_key": "none"},
        "model_info": {"provider": "house", "undeclared": True},
    },
]
MODELS: list[dict[str, Any]] = [
    {"id": "first", "input_cost_per_token": 5e-07, "output_cost_per_token": 2e-06, "max_input_tokens": 131072},
    {"id": "vendor/second:free"},
    {"id": "claude-of-the-house", "supports_vision": True},
]


@pytest.fixture(autouse=True)
def _nothing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(litellm, "Router", litellm.Router)
    monkeypatch.setattr(DeclaringRouter, "declared", {})
    monkeypatch.setattr(DeclaringRouter, "table", None)
    monkeypatch.setattr(litellm, "model_cost", dict(litellm.model_cost))


@pytest.fixture
def router() -> DeclaringRouter:
    return _router(MODELS)


def _router(models: list[dict[str, Any]]) -> DeclaringRouter:
    declared.install({"house": "".join(json.dumps(model) + "\n" for model in models)}, {})
    made = litellm.Router(model_list=copy.deepcopy(WAYS))
    assert isinstance(made, DeclaringRouter)
    return made


def _id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _picked(router: DeclaringRouter, name: str) -> dict[str, Any]:
    found: dict[str, Any] = asyncio.run(router.async_get_available_deployment(model=name, request_kwargs={}))
    return found


@pytest.mark.parametrize(
    ("name", "model", "api_base"),
    [
        ("house/first", "openai/first", "https://house.example/v1"),
        ("house/vendor/second:free", "openai/vendor/second:free", "https://house.example/v1"),
        ("house/claude-of-the-house", "anthropic/claude-of-the-house", "https://house.example"),
    ],
)
def test_a_declared_model_is_asked_the_way_its_pattern_says(
    router: DeclaringRouter, name: str, model: str, api_base: str
):
    picked = _picked(router, name)

    assert picked["model_name"] == name
    assert picked["litellm_params"]["model"] == model
    assert picked["litellm_params"]["api_base"] == api_base
    assert picked["model_info"]["id"] == _id(name)


def test_a_declared_model_has_its_own_facts_and_its_providers(router: DeclaringRouter):
    about = _picked(router, "house/first")["model_info"]

    assert about["max_input_tokens"] == 131072
    assert about["provider"] == "house"
    assert about["allowed_fails"] == 7
    assert "health_check_model" not in about


def test_it_is_listed_and_found_by_its_id(router: DeclaringRouter):
    assert {"house/first", "house/vendor/second:free"} <= {*router.get_model_names()} & router.model_names
    found = router.get_deployment(_id("house/first"))
    assert found is not None
    assert found.model_name == "house/first"
    assert router.get_deployment(_id("house/nobody")) is None


def test_it_is_priced_under_its_id_and_known_under_its_name(router: DeclaringRouter):
    assert litellm.model_cost[_id("house/first")]["output_cost_per_token"] == 2e-06
    assert litellm.get_model_info("openai/first")["max_input_tokens"] == 131072
    assert not litellm.get_model_info("openai/first")["output_cost_per_token"]


def test_the_price_of_one_provider_is_not_that_of_the_model_elsewhere():
    elsewhere = litellm.get_model_info("openai/gpt-4o-mini")["input_cost_per_token"]

    _router([{"id": "gpt-4o-mini", "input_cost_per_token": 9.0, "output_cost_per_token": 9.0}])

    assert litellm.get_model_info("openai/gpt-4o-mini")["input_cost_per_token"] == elsewhere
    assert litellm.model_cost[_id("house/gpt-4o-mini")]["input_cost_per_token"] == 9.0
    assert litellm.model_cost[_id("house/gpt-4o-mini")]["cache_read_input_token_cost"]


def test_litellm_goes_through_the_ways_only_however_many_models_are_declared():
    many = _router([{"id": f"model-{number}"} for number in range(3000)])

    assert len(many.get_model_ids()) == len(WAYS)
    assert [*many.model_id_to_deployment_index_map] == many.get_model_ids()
    assert len(many.pattern_router.patterns) == len(WAYS)
    assert len(many.get_model_names()) == len(WAYS) + 3000


def test_the_admin_ui_is_told_of_all_that_is_declared_and_of_no_undeclared_way(router: DeclaringRouter):
    names = {model["model_info"]["id"]: model["model_name"] for model in router.model_list}

    shown = [names[model_id] for model_id in router.get_model_ids(exclude_team_models=True)]

    assert shown == ["house/*", "house/first", "house/vendor/second:free", "house/claude-of-the-house"]


def test_a_declared_model_that_rests_is_not_asked_and_its_siblings_are(router: DeclaringRouter):
    error = litellm.InternalServerError("down", llm_provider="openai", model="first")
    router.cooldown_cache.add_deployment_to_cooldown(_id("house/first"), error, 500, 30)

    assert _id("house/first") in router.get_model_ids()
    with pytest.raises(RouterRateLimitError):
        _picked(router, "house/first")
    assert _picked(router, "house/vendor/second:free")


def test_litellm_does_not_delete_what_is_declared(router: DeclaringRouter):
    assert router.delete_deployment(_id("house/first")) is None
    assert _picked(router, "house/first")


def test_ids_stay_right_when_another_deployment_is_deleted(router: DeclaringRouter):
    router.delete_deployment(router.get_model_ids()[0])

    found = router.get_deployment(_id("house/claude-of-the-house"))

    assert found is not None
    assert found.model_name == "house/claude-of-the-house"


def test_a_provider_without_a_key_has_no_deployments():
    row = Row(name="house", default_model="first", auth_env="HOUSE_KEY")
    table = RouteTable(rows=(row,), aliases={}, default_provider="house", registered=frozenset())
    declared.install({"house": '{"id": "first"}'}, {}, table)

    router = litellm.Router(model_list=[*copy.deepcopy(WAYS), {**WAYS[0], "model_name": "added", "model_info": {}}])

    assert router.get_model_names() == ["added"]
