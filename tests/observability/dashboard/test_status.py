"""The state of providers, read from LiteLLM's router."""

from __future__ import annotations

from litellm import Router

from custom_providers.environment.admission import admissions
from custom_providers.observability.dashboard import status
from custom_providers.registry.model import Registry
from custom_providers.routing.table import compile_table


def _router() -> Router:
    params = {"model": "openai/*", "api_key": "sk-x"}
    return Router(
        model_list=[
            {"model_name": f"{name}/*", "litellm_params": params, "model_info": {"id": f"id-{name}", "provider": name}}
            for name in ("openai", "ollama")
        ]
    )


def test_a_provider_that_litellm_lets_cool_down_is_seen(example_registry: Registry):
    admitted = admissions(compile_table(example_registry, frozenset()).providers.values(), {})
    router = _router()
    before = {item.name: item.cooling_seconds for item in status.providers(admitted, router)}
    store = router.health().cooldowns if hasattr(Router, "registry") else router.cooldown_cache
    store.add_deployment_to_cooldown(
        model_id="id-openai", original_exception=RuntimeError("503"), exception_status=503, cooldown_time=30.0
    )
    after = {item.name: item.cooling_seconds for item in status.providers(admitted, router)}

    assert set(before.values()) == {0}
    assert 25 <= after["openai"] <= 31
    assert after["ollama"] == 0


def test_before_there_is_a_router_nothing_cools(example_registry: Registry):
    admitted = admissions(compile_table(example_registry, frozenset()).providers.values(), {})

    assert {item.cooling_seconds for item in status.providers(admitted, None)} == {0}
