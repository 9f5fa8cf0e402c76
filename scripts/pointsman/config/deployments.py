"""A provider as LiteLLM's deployments, and the limits and prices of its models."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from custom_providers import OWN_USER_AGENT
from custom_providers.kimi.account import catalogue, systems
from custom_providers.providers.known import api_base
from custom_providers.registry.model import Model, Provider
from custom_providers.routing.table import deployment_id

_REST_SECONDS = 30
_FAILURES_BEFORE_REST = 7
_FREE = dict.fromkeys(
    (
        "input_cost_per_token",
        "output_cost_per_token",
        "cache_creation_input_token_cost",
        "cache_read_input_token_cost",
    ),
    0.0,
)
_OWN_FAILURES = ("InternalServerError", "ServiceUnavailableError", "BadGatewayError", "TimeoutError")


def models(providers: Iterable[Provider]) -> dict[str, dict[str, str]]:
    """The models that are not in ``model_list``: by provider, a line of JSON for each."""
    by_provider = {
        provider.name: "".join(f"{json.dumps(_line(provider, model))}\n" for model in models)
        for provider in providers
        if (models := [model for model in provider.all_models if not _has_its_own_way(provider, model)])
    }
    return {"models": by_provider} if by_provider else {}


def _has_its_own_way(provider: Provider, model: Model) -> bool:
    return bool(model.base_url) or model.id in dict(provider.profile.apis)


def _line(provider: Provider, model: Model) -> dict[str, Any]:
    return {"id": model.id, **present(_about(provider, model))}


def deployments(provider: Provider) -> Iterator[dict[str, Any]]:
    """One deployment per model or glob of models that has its own API, then a wildcard for the rest.

    Declared models are not among them: see ``custom_providers.request.models.declared_models``.
    """
    declared = {model.id: model for model in provider.all_models}
    for glob, api in provider.profile.apis:
        one = _deployment(provider, glob, api, declared.get(glob, Model(id=glob)))
        if glob not in declared:
            # The deployment only selects the API; the provider may not have the model.
            one["model_info"]["undeclared"] = True
        yield one
    for model in provider.models:
        if model.base_url:
            own = _deployment(provider, model.id, provider.profile.litellm, model)
            own["model_info"]["own_base_url"] = True
            yield own
    yield _deployment(provider, "*", provider.profile.litellm, Model(id="*"))


def _deployment(provider: Provider, name: str, wire: str, model: Model) -> dict[str, Any]:
    base_url = model.base_url or provider.base_url
    return {
        "model_name": f"{provider.name}/{name}",
        "litellm_params": {
            "model": f"{wire}/{name}",
            # Omitted for "auto": the Kimi handler decides by the key.
            **({} if base_url == "auto" else {"api_base": api_base(base_url, wire)}),
            # Never empty: LiteLLM would look for another key, such as OLLAMA_API_KEY, and send it to a local daemon.
            "api_key": f"os.environ/{provider.auth_env}" if provider.auth_env else "none",
            "timeout": provider.timeout,
            "stream_timeout": provider.stream_timeout,
            # The Kimi handler retries itself: it knows which failures are temporary.
            "num_retries": 0 if provider.wire_family == "kimi" else provider.retries,
            **({"use_chat_completions_api": True} if wire == "openai" and not provider.profile.responses_api else {}),
            **present({"extra_headers": _headers(provider)}),
        },
        "model_info": {
            "id": deployment_id(f"{provider.name}/{name}"),
            "provider": provider.name,
            **present(_facts(provider, model)),
        },
    }


def _headers(provider: Provider) -> dict[str, str]:
    own = {"User-Agent": OWN_USER_AGENT} if provider.profile.own_user_agent else {}
    return {**own, **provider.headers}


def _prices(model: Model) -> dict[str, float]:
    """LiteLLM's prices, in US dollars per token."""
    prices = {
        "input_cost_per_token": model.input_price,
        "output_cost_per_token": model.output_price,
        "cache_read_input_token_cost": model.cached_input_price,
    }
    # Converted as text: 0.19 / 1e6 is 1.8999999999999998e-07.
    return {name: float(f"{price}e-6") for name, price in prices.items() if price is not None}


def _facts(provider: Provider, model: Model) -> dict[str, Any]:
    """The facts about a deployment for LiteLLM, its admin UI and our own code."""
    return {
        **_about(provider, model),
        "kimi": _kimi(provider) if provider.wire_family == "kimi" else None,
        # /health would send "*" upstream.
        "health_check_model": f"{provider.profile.litellm}/{provider.default_model}" if "*" in model.id else None,
        # LiteLLM's health checks send paid completions; `pointsman check --live` costs nothing.
        "disable_background_health_check": True if provider.auth != "none" or not provider.unattended else None,
        **_rest(provider),
    }


def _about(provider: Provider, model: Model) -> dict[str, Any]:
    """The facts about the model: ours, overridden by the registry's.

    Prices are among them: if they were in ``litellm_params``, LiteLLM would update and reindex its price map on every
    request.
    """
    said = {
        "max_input_tokens": model.context_window,
        "max_output_tokens": model.max_output_tokens,
        "supports_vision": model.vision,
        "supports_reasoning": model.reasoning,
    }
    return {**_catalogued(provider, model), **present(said), **_prices(model)}


def _catalogued(provider: Provider, model: Model) -> dict[str, Any]:
    """Our facts about Kimi's models; LiteLLM's price map has most other models."""
    if provider.wire_family != "kimi":
        return {}
    found = catalogue.find_at(model.id, provider.base_url)
    facts = catalogue.model_info(found) if found else {}
    # Kimi Code's models are included in the membership; tokens are still counted.
    return {**(_FREE if systems.system_for_url(provider.base_url) is systems.KIMI_CODE else {}), **facts}


def _kimi(provider: Provider) -> dict[str, Any]:
    return present(
        {
            "user_agent": provider.user_agent,
            "user_agent_risk_accepted": provider.user_agent_risk_accepted,
            "protocol": provider.protocol,
            "max_tokens_floor": provider.max_tokens_floor,
            "retries": provider.retries,
        }
    )


def _rest(provider: Provider) -> dict[str, Any]:
    """When LiteLLM stops sending requests to a failing provider for a while.

    By default a single 404 cools a deployment down for 5 s, and the next client gets a rate limit error. Without
    fallbacks a cooldown has no benefit, so there is none. With fallbacks, only the provider's own failures count.
    For other failures, LiteLLM uses ``allowed_fails``, which never cools down the only deployment of a name; without
    it, LiteLLM uses its router's limit, which does.
    """
    any_failure = {"allowed_fails": _FAILURES_BEFORE_REST}
    if not provider.fallbacks:
        return any_failure
    return {
        **any_failure,
        "allowed_fails_policy": {f"{error}AllowedFails": _FAILURES_BEFORE_REST for error in _OWN_FAILURES},
        "cooldown_time": _REST_SECONDS,
    }


def present(values: dict[str, Any]) -> dict[str, Any]:
    """``values`` without those that are not set; 0 and False are set."""
    return {name: value for name, value in values.items() if value not in (None, "", {}, ())}
