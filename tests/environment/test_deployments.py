"""LiteLLM's router keeps only deployments with a key, with the base URL from the environment."""

from __future__ import annotations

import asyncio
from typing import Any

import litellm
import pytest

from custom_providers.environment import deployments
from custom_providers.environment.admission import admissions
from custom_providers.litellm_patches import router_view
from custom_providers.routing.resolver import ProviderRoute

MODEL_LIST: list[dict[str, Any]] = [
    {
        "model_name": "house/*",
        "litellm_params": {"model": "openai/*", "api_base": "https://house.example/v1"},
        "model_info": {"id": "1", "provider": "house", "allowed_fails_policy": {"TimeoutErrorAllowedFails": 7}},
    },
    {
        "model_name": "house/claude-*",
        "litellm_params": {"model": "anthropic/claude-*", "api_base": "https://house.example"},
        "model_info": {"id": "2", "provider": "house"},
    },
    {
        "model_name": "house/local-*",
        "litellm_params": {"model": "openai/local-*", "api_base": "http://127.0.0.1:8/v1"},
        "model_info": {"id": "3", "provider": "house", "own_base_url": True},
    },
    {
        "model_name": "keyless/*",
        "litellm_params": {"model": "openai/*", "api_base": "https://keyless.example/v1"},
        "model_info": {"id": "4", "provider": "keyless"},
    },
    {
        "model_name": "added",
        "litellm_params": {"model": "openai/gpt-4o-mini", "api_key": "sk-added"},
        "model_info": {"id": "5"},
    },
]


@pytest.fixture
def router() -> Any:
    """LiteLLM's router over ``MODEL_LIST``, fitted to the environment."""
    rows = (
        ProviderRoute(name="house", default_model="m", auth_env="HOUSE_KEY"),
        ProviderRoute(name="keyless", default_model="m", auth_env="KEYLESS_KEY"),
    )
    env = {"HOUSE_KEY": "sk-house\r\n", "HOUSE_BASE_URL": "http://127.0.0.1:9/v1/ "}
    made = litellm.Router(model_list=MODEL_LIST)
    deployments.fit(made, admissions(rows, env))
    return made


def _picked(router: Any, model: str) -> dict[str, Any]:
    pick = router.select if hasattr(router, "select") else router.async_get_available_deployment
    found: dict[str, Any] = asyncio.run(pick(model=model, request_kwargs={}))
    return found


@pytest.mark.parametrize(
    ("model", "base", "key"),
    [
        ("house/m", "http://127.0.0.1:9/v1", "sk-house"),
        ("house/claude-x", "http://127.0.0.1:9", "sk-house"),
        ("house/local-x", "http://127.0.0.1:8/v1", "sk-house"),
        ("added", None, "sk-added"),
    ],
)
def test_a_deployment_has_the_key_and_the_base_url_of_the_environment(
    router: Any, model: str, base: str | None, key: str
):
    params = _picked(router, model)["litellm_params"]

    assert (params.get("api_base"), params["api_key"]) == (base, key)


def test_a_provider_without_a_key_is_not_deployed(router: Any):
    assert sorted(item["model_info"]["id"] for item in router_view.deployments(router)) == ["1", "2", "3", "5"]
    with pytest.raises(litellm.BadRequestError, match="no healthy deployments"):
        _picked(router, "keyless/m")


def test_only_a_pattern_with_a_policy_may_rest(router: Any):
    settings = router.settings() if hasattr(router, "settings") else router

    assert "1" not in settings.provider_default_deployment_ids
    assert {"2", "3"} <= set(settings.provider_default_deployment_ids)
