"""LiteLLM's router gets only deployments with a key, with the base URL from the environment."""

from __future__ import annotations

import inspect
from typing import Any

from custom_providers.environment.admission import admissions
from custom_providers.litellm_patches import construction
from custom_providers.routing.resolver import ProviderRoute

MODEL_LIST: list[dict[str, Any]] = [
    {
        "model_name": "house/*",
        "litellm_params": {"model": "openai/*", "api_base": "https://house.example/v1"},
        "model_info": {"provider": "house"},
    },
    {
        "model_name": "house/claude-*",
        "litellm_params": {"model": "anthropic/claude-*", "api_base": "https://house.example"},
        "model_info": {"provider": "house"},
    },
    {"model_name": "keyless/*", "litellm_params": {"model": "openai/*"}, "model_info": {"provider": "keyless"}},
    {"model_name": "added", "litellm_params": {"model": "openai/gpt-4o-mini"}},
]


def _chosen(model_list: list[dict[str, Any]]) -> Any:
    rows = (
        ProviderRoute(name="house", default_model="m", auth_env="HOUSE_KEY"),
        ProviderRoute(name="keyless", default_model="m", auth_env="KEYLESS_KEY"),
    )
    env = {"HOUSE_KEY": "sk-house\r\n", "HOUSE_BASE_URL": "http://127.0.0.1:9/v1/ "}
    return construction.present(model_list, admissions(rows, env))


def test_a_provider_without_a_key_is_not_deployed_and_others_are_where_the_environment_says():
    deployments = _chosen(MODEL_LIST)

    assert [(item["model_name"], item["litellm_params"].get("api_base")) for item in deployments] == [
        ("house/*", "http://127.0.0.1:9/v1"),
        ("house/claude-*", "http://127.0.0.1:9"),
        ("added", None),
    ]
    assert [item["litellm_params"].get("api_key") for item in deployments] == ["sk-house", "sk-house", None]
    assert MODEL_LIST[0]["litellm_params"]["api_base"] == "https://house.example/v1"


def test_the_constructor_gets_them_and_keeps_its_signature():
    class Router:
        def __init__(self, model_list: Any = None, redis_url: str = "", *, num_retries: int = 0) -> None:
            self.made_of = (model_list, redis_url, num_retries)

    before = inspect.getfullargspec(Router.__init__)
    Router.__init__ = construction.from_keywords(_chosen, Router.__init__)  # type: ignore[method-assign]

    assert Router(model_list=MODEL_LIST, num_retries=3).made_of == (_chosen(MODEL_LIST), "", 3)
    assert Router().made_of == (None, "", 0)
    assert inspect.getfullargspec(Router.__init__) == before


def test_the_config_of_the_constructor_gets_them():
    build = construction.from_arguments(_chosen, lambda arguments: arguments)

    assert build({"model_list": MODEL_LIST, "num_retries": 3}) == {"model_list": _chosen(MODEL_LIST), "num_retries": 3}
    assert build({"num_retries": 3}) == {"num_retries": 3}
