"""What LiteLLM's patterns find, found once for each name."""

from __future__ import annotations

from typing import Any

import pytest
from litellm.router_utils.pattern_match_deployments import PatternMatchRouter

from custom_providers.litellm_patches import patterns
from custom_providers.litellm_patches.declared import DeclaringRouter
from custom_providers.litellm_patches.patterns import Patterns
from custom_providers.routing.resolver import MAX_NAME

WAYS = {"house/*": "openai/*", "house/big-*": "openai/big-*", "openai/*": "openai/*"}
NAMES = ["house/one", "house/big-one", "gpt-4o-mini", "nobody/one", "house", "", "house/" + "x" * MAX_NAME]


def _deployment(name: str, model: str) -> dict[str, Any]:
    return {"model_name": name, "litellm_params": {"model": model, "api_base": "none"}, "model_info": {"id": name}}


def _filled(router: PatternMatchRouter) -> PatternMatchRouter:
    for name, model in WAYS.items():
        router.add_pattern(name, _deployment(name, model))
    return router


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names for which LiteLLM goes through its patterns."""
    searched: list[str] = []
    original = PatternMatchRouter.route

    def route(self: Any, request: Any, *arguments: Any) -> Any:
        searched.append(request)
        return original(self, request, *arguments)

    monkeypatch.setattr(PatternMatchRouter, "route", route)
    return searched


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("provider", [None, "house", "nobody"])
def test_a_name_finds_what_it_finds_in_litellm_the_second_time_too(name: str, provider: str | None):
    ours, theirs = _filled(Patterns()), _filled(PatternMatchRouter())

    found = theirs.get_deployments_by_pattern(name, provider)

    assert ours.get_deployments_by_pattern(name, provider) == found
    assert ours.get_deployments_by_pattern(name, provider) == found
    assert ours.route(name) == theirs.route(name)


def test_no_name_finds_nothing():
    assert _filled(Patterns()).route(None) is None


def test_litellms_selection_of_patterns_is_not_taken_for_all_of_them():
    router = _filled(Patterns())

    assert router.route("house/one", ["openai/*"]) is None
    assert router.route("house/one") is not None


def test_a_name_is_looked_for_once(searches: list[str]):
    router = _filled(Patterns())

    for _ in range(3):
        router.get_pattern("house/one")

    assert searches == ["house/one"]


def test_what_a_caller_changes_is_its_own():
    router = _filled(Patterns())
    (found,) = router.route("house/one")

    found["litellm_params"]["model"] = "openai/another"
    found["model_name"] = "another"

    (again,) = router.route("house/one")
    assert (again["model_name"], again["litellm_params"]["model"]) == ("house/*", "openai/one")


def test_patterns_that_come_and_go_count_from_then_on():
    router = _filled(Patterns())
    router.route("house/big-one")

    router.add_pattern("house/big-one*", _deployment("house/big-one*", "openai/one-*"))
    assert [found["model_name"] for found in router.route("house/big-one-more")] == ["house/big-one*"]

    router.remove_deployment("house/big-one*")
    assert [found["model_name"] for found in router.route("house/big-one-more")] == ["house/big-*"]


def test_no_more_names_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch, searches: list[str]):
    monkeypatch.setattr(patterns, "MOST", 2)
    router = _filled(Patterns())

    for name in ("house/1", "house/2", "house/3", "house/3", "house/1"):
        router.route(name)

    assert searches == ["house/1", "house/2", "house/3", "house/1"]


def test_a_router_looks_for_what_serves_a_name_once(searches: list[str]):
    router = DeclaringRouter(model_list=[_deployment(name, model) for name, model in WAYS.items()])

    listed = [router.get_model_list("house/one") for _ in range(3)]

    assert [[found["litellm_params"]["model"] for found in once] for once in listed] == [["openai/one"]] * 3
    assert searches == ["house/one"]
