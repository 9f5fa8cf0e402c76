"""The registry's declared models in the running proxy: names for listings, and prices per provider.

They are not deployments, because LiteLLM iterates over all of those on every request. Their provider's pattern serves
them.
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
        """``lines`` come from the config: by provider, one JSON object per line."""
        self._facts: dict[str, Facts] = {
            f"{provider}/{facts['id']}": {name: value for name, value in facts.items() if name != "id"}
            for provider, text in lines.items()
            if provider in registered
            for facts in json.loads(f"[{','.join(text.splitlines())}]")
        }
        self.names = tuple(self._facts)

    def described(self, call: dict[str, Any], name: str, wire: str) -> dict[str, Any]:
        """Register the registry's facts about the model ``name`` on ``wire`` with LiteLLM, and return ``call``.

        LiteLLM looks up a call's price in its map, under ``base_model`` if the deployment's facts have one.
        """
        facts = self._facts.get(name)
        if facts is None:
            return call
        # Not at boot, where it would take 2 ms per model; and LiteLLM may have reloaded its map since.
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
    """Add the model to LiteLLM's map: for a missing one, LiteLLM queries providers such as Ollama on each call."""
    _, _, model = name.partition("/")
    if model not in litellm.model_cost and f"{wire}/{model}" not in litellm.model_cost:
        # Without prices: another provider on the same wire may charge others.
        shared = {key: value for key, value in facts.items() if "cost" not in key}
        litellm.register_model({f"{wire}/{model}": {**shared, "litellm_provider": wire}})


def _cache_prices(name: str, wire: str) -> dict[str, float]:
    """LiteLLM's prices for this model's cached tokens; tokens without a price in the registry would cost nothing."""
    _, _, model = name.partition("/")
    entries = (litellm.model_cost.get(key) for key in (f"{wire}/{model}", model))
    known: Facts = next((entry for entry in entries if entry and entry.get("litellm_provider") == wire), {})
    return {key: price for key, price in known.items() if key.startswith("cache_")}
