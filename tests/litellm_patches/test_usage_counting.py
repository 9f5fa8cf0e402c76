"""LiteLLM's counts of tokens and requests a minute: kept where there is a limit; elsewhere not asked about again."""

from __future__ import annotations

import asyncio
from typing import Any

import litellm
import pytest

from custom_providers.litellm_patches import usage_counting


class Router(litellm.Router):  # type: ignore[misc]  # LiteLLM is untyped to us
    """Counts how often LiteLLM looks for limits."""

    looked = 0

    def get_router_model_info(self, *arguments: Any, **options: Any) -> Any:
        self.looked += 1
        return super().get_router_model_info(*arguments, **options)


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(litellm.Router, "_increment_deployment_usage", litellm.Router._increment_deployment_usage)
    monkeypatch.setattr(litellm, "model_cost", dict(litellm.model_cost))
    usage_counting.install()


def _deployment(model: str = "openai/gpt-4o-mini", **limits: int) -> dict[str, Any]:
    return {
        "model_name": "house/one",
        "litellm_params": {"model": model, "api_key": "none", **limits},
        "model_info": {"id": "one"},
    }


def _calls(router: Router, *names: str) -> list[str | None]:
    """The counters that calls by these names went to."""

    async def one_after_the_other() -> list[str | None]:
        return [await _counted(router, name) for name in names]

    return asyncio.run(one_after_the_other())


async def _counted(router: Router, name: str) -> str | None:
    counter: str | None = await router._increment_deployment_usage(
        deployment_id="one",
        deployment_name="openai/gpt-4o-mini",
        model_group=name,
        total_tokens=10,
        rpm_increment=1,
        parent_otel_span=None,
    )
    return counter


@pytest.mark.parametrize("model", ["openai/gpt-4o-mini", "openai/nobody-has-a-price-for-it"])
def test_where_there_is_no_limit_it_is_looked_for_once(model: str):
    router = Router(model_list=[_deployment(model)])

    assert _calls(router, *["house/one"] * 3) == [None, None, None]
    assert router.looked == 1


def test_where_there_is_a_limit_every_request_counts():
    router = Router(model_list=[_deployment(rpm=100)])

    (counter,) = set(_calls(router, *["house/one"] * 3))

    assert router.cache.get_cache(key=counter) == 30


def test_a_limit_that_comes_later_counts_from_then_on():
    router = Router(model_list=[_deployment()])
    assert _calls(router, "house/one") == [None]

    router.set_model_list([_deployment(rpm=100)])

    assert _calls(router, "house/one") != [None]


def test_a_price_map_that_is_loaded_anew_is_looked_at_anew(monkeypatch: pytest.MonkeyPatch):
    router = Router(model_list=[_deployment()])
    _calls(router, "house/one")

    monkeypatch.setattr(litellm, "model_cost", dict(litellm.model_cost))

    _calls(router, "house/one")
    assert router.looked == 2


def test_no_more_names_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(usage_counting, "MOST", 2)
    router = Router(model_list=[_deployment()])

    _calls(router, "first", "second", "third", "third", "first")

    assert router.looked == 4
