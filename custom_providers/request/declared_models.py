"""The declared models inside the proxy: names to list, and prices that hold for one provider alone.

They are no deployments: LiteLLM goes through all of those on every request. A pattern of their provider serves them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import litellm  # noqa: TID253 -- LiteLLM imports this module

from custom_providers.routing.table import deployment_id

Facts = Mapping[str, Any]


class DeclaredModels:
    """The models that the registry declares for the registered providers."""

    def __init__(self, lines: Mapping[str, str], registered: Collection[str]) -> None:
        """``lines`` are of the config: by provider, one JSON object a line."""
        self._facts: dict[str, Facts] = {
            f"{provider}/{facts['id']}": {name: value for name, value in facts.items() if name != "id"}
            for provider, text in lines.items()
            if provider in registered
            for facts in json.loads(f"[{','.join(text.splitlines())}]")
        }
        self.names = tuple(self._facts)

    def described(self, call: dict[str, Any], name: str, wire: str) -> dict[str, Any]:
        """``call`` to the model ``name`` over ``wire``, of which LiteLLM now knows what the registry says.

        It takes the price of a call from its map, under ``base_model`` if the deployment's facts have one.
        """
        facts = self._facts.get(name)
        if facts is None:
            return call
        # Both here and not at boot, where it would take 2 ms a model; and LiteLLM may have loaded a new map since.
        _introduce(name, wire, facts)
        if "input_cost_per_token" not in facts:
            return call
        key = deployment_id(name)
        if key not in litellm.model_cost:
            litellm.register_model({key: {**_cache_prices(name, wire), **facts, "mode": "chat"}})
        for holder in (call, call.get("metadata"), call.get("litellm_metadata")):
            if holder and holder.get("model_info"):
                holder["model_info"] = {**holder["model_info"], "base_model": key}
        return call


def _introduce(name: str, wire: str, facts: Facts) -> None:
    """Tells LiteLLM that there is such a model: of one that its map lacks, it asks a provider like Ollama each time."""
    _, _, model = name.partition("/")
    if model not in litellm.model_cost and f"{wire}/{model}" not in litellm.model_cost:
        # Without prices, which another provider of the same wire may not have.
        shared = {key: value for key, value in facts.items() if "cost" not in key}
        litellm.register_model({f"{wire}/{model}": {**shared, "litellm_provider": wire}})


def _cache_prices(name: str, wire: str) -> dict[str, float]:
    """What LiteLLM knows about the cached tokens of this model; what a registry does not price would cost nothing."""
    _, _, model = name.partition("/")
    entries = (litellm.model_cost.get(key) for key in (f"{wire}/{model}", model))
    known: Facts = next((entry for entry in entries if entry and entry.get("litellm_provider") == wire), {})
    return {key: price for key, price in known.items() if key.startswith("cache_")}
