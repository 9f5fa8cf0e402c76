"""The admin UI's "test connection" sends no paid request to a provider of the registry."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.litellm_patches.health_checks import paid_provider
from custom_providers.registry.model import Registry
from pointsman.config.render import config


@pytest.fixture(scope="module")
def deployments(example_registry: Registry) -> list[dict[str, Any]]:
    """The deployments after LiteLLM has resolved their variables."""
    rendered: list[dict[str, Any]] = config(example_registry)["model_list"]
    for deployment in rendered:
        params = deployment["litellm_params"]
        params["api_key"] = params["api_key"].replace("os.environ/", "value of ")
    return rendered


@pytest.mark.parametrize(
    ("call", "provider"),
    [
        ({"model": "openai/gpt-4o-mini", "api_base": "https://api.openai.com/v1"}, "openai"),
        ({"model": "openai/gpt-4o-mini", "api_key": "value of OPENAI_API_KEY"}, "openai"),
        ({"model": "kimi/k3", "api_base": "https://api.kimi.com/coding/v1", "api_key": "typed in"}, "kimi"),
        ({"model": "ollama_chat/qwen3.5:latest", "api_base": "http://localhost:3200", "api_key": "none"}, None),
        ({"model": "openai/gpt-4o-mini", "api_base": "https://another.example/v1", "api_key": "typed in"}, None),
        ({"model": "openai/gpt-4o-mini"}, None),
    ],
)
def test_what_is_paid_for_is_known_by_its_base_url_or_key(
    deployments: list[dict[str, Any]], call: dict[str, Any], provider: str | None
):
    assert paid_provider(call, deployments) == provider
