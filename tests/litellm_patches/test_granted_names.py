"""A grant opens its name and every name that resolves to it; a pattern opens every name that resolves to a match."""

from __future__ import annotations

from typing import Any

import pytest
from litellm.proxy.auth.auth_checks import check_model_access_helper

from custom_providers.litellm_patches import granted_names
from custom_providers.routing.resolver import RouteTable

OPENED = [
    ("openai/gpt-4o-mini", ["openai/gpt-4o-mini"]),
    ("gpt-4o-mini", ["openai/gpt-4o-mini"]),
    ("fast", ["openai/gpt-4o-mini"]),
    ("fast", ["openai/*"]),
    ("gpt-oss:120b-cloud", ["ollama_cloud/gpt-oss:120b"]),
    ("gpt-oss:120b-cloud", ["gpt-oss:120b-cloud"]),
    ("qwen3.5:latest", ["ollama/qwen3.5:latest"]),
    ("gpt-4o-mini", []),
    ("gpt-4o-mini", ["*"]),
    ("gpt-4o-mini", ["all-proxy-models"]),
]
CLOSED = [
    ("gpt-4o-mini", ["gpt-*"]),
    ("openai/gpt-4o-mini", ["gpt-4o-mini"]),
    ("openai/gpt-4o-mini", ["fast"]),
    ("openai/gpt-5-mini", ["openai/gpt-4o-mini"]),
    ("gpt-oss:120b-cloud", ["ollama/*"]),
    ("gpt-oss:120b", ["ollama_cloud/gpt-oss:120b"]),
    ("keyless/some-model", ["openai/*"]),
    ("a,b", ["a"]),
]


@pytest.mark.parametrize(
    ("name", "models", "opened"), [(*row, True) for row in OPENED] + [(*row, False) for row in CLOSED]
)
def test_a_name_counts_for_what_it_stands_for(route_table: RouteTable, name: str, models: list[str], opened: bool):
    check = granted_names.by_meaning(route_table, check_model_access_helper)

    assert check(model=name, llm_router=None, models=models) is opened


def test_a_name_that_is_an_alias_of_the_team_is_litellms_to_judge(route_table: RouteTable):
    check = granted_names.by_meaning(route_table, check_model_access_helper)

    assert check("gpt-4o-mini", None, ["other"], {"gpt-4o-mini": "model_name_team_1"}, "team") is True


def test_litellm_gets_all_that_it_passes(route_table: RouteTable):
    asked: list[Any] = []

    def original(*arguments: Any, **options: Any) -> bool:
        asked.append((arguments, options))
        return False

    granted_names.by_meaning(route_table, original)("fast", "router", ["x"], {"a": "b"}, "team", newer=1)

    assert asked == [(("openai/gpt-4o-mini", "router", ["x"], {"a": "b"}, "team"), {"newer": 1})]
