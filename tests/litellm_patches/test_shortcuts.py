"""LiteLLM's repeated work is skipped where it has no effect, and done where it has one."""

from __future__ import annotations

import importlib

import pytest
from litellm.proxy._types import LiteLLMRoutes
from litellm.proxy.auth.route_checks import RouteChecks

from custom_providers.litellm_patches import changes, releases, shortcuts
from custom_providers.routing.resolver import RouteTable


@pytest.mark.parametrize(
    ("model", "upstream"),
    [
        ("plain/gpt-4o-mini", "openai/gpt-4o-mini"),
        ("claude/claude-haiku-5-5", "anthropic/claude-haiku-5-5"),
        # Matches only with the provider that LiteLLM infers.
        ("gpt-4o-mini", "azure/gpt-4o-mini"),
        ("nowhere/gpt-4o-mini", None),
        (None, None),
    ],
)
def test_a_model_finds_the_deployment_that_litellm_finds(
    route_table: RouteTable, model: str | None, upstream: str | None
):
    version = str(releases.installed())
    patches = [patch for patch in changes.patches(route_table, ()) if patch.change is shortcuts.model_first]
    (search,) = [patch for patch in patches if patch.is_for(version)]
    router = importlib.import_module(search.module).PatternMatchRouter()
    for pattern, target in {
        "plain/*": "openai/*",
        "claude/claude-*": "anthropic/claude-*",
        "openai/*": "azure/*",
    }.items():
        router.add_pattern(pattern, {"model_name": pattern, "litellm_params": {"model": target}})

    found = shortcuts.model_first(type(router).get_pattern)(router, model)

    assert (found and found[0]["litellm_params"]["model"]) == upstream


def test_a_provider_is_inferred_only_for_a_model_without_a_pattern():
    class Patterns:
        def route(self, request: str | None) -> list[str]:
            return [str(request)] if request == "plain/gpt-4o-mini" else []

    inferred = shortcuts.model_first(lambda patterns, model, provider: ["inferred"])

    assert [inferred(Patterns(), model) for model in ("plain/gpt-4o-mini", "gpt-4o-mini")] == [
        ["plain/gpt-4o-mini"],
        ["inferred"],
    ]


def test_paths_of_administration_are_matched_once():
    asked: list[str] = []

    def check(route: str) -> bool:
        asked.append(route)
        return "/key/" in route

    class Checks:
        is_management_route = shortcuts.remembered(check)

    paths = ("/key/generate", "/v1/messages")
    assert [Checks.is_management_route(route=path) for path in (*paths, *paths)] == [True, False, True, False]
    assert asked == [*paths]


def test_litellms_own_check_answers_the_same():
    class Checks:
        is_management_route = shortcuts.remembered(RouteChecks.is_management_route)

    paths = [*LiteLLMRoutes.management_routes.value, *LiteLLMRoutes.openai_routes.value, "/key/abc/regenerate", "/key"]
    for _ in range(2):
        answers = {path: Checks.is_management_route(route=path) for path in paths}
        assert {path for path, answer in answers.items() if answer} >= {"/key/generate", "/key/abc/regenerate"}
        assert not {path for path, answer in answers.items() if answer} & {
            "/v1/chat/completions",
            "/v1/messages",
            "/key",
        }
