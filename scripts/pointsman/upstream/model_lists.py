"""What a provider serves, read from its model list: one reader for each wire family. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from custom_providers.kimi.account import systems
from custom_providers.providers.profile import WireFamily
from custom_providers.registry.model import Model

_PAGE = 1000

_VARIANTS = (":nitro", ":floor", ":online", ":exacto")
"""OpenRouter's ways to ask any model, which its list leaves out: https://openrouter.ai/docs/features/model-routing."""

_DATED = re.compile(r"-20\d{6}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The models that a provider serves."""

    models: Mapping[str, Model]
    """By id, in the provider's order."""
    ending: Mapping[str, str] = field(default_factory=dict)
    """The day, as the provider writes it, after which an id is served no more."""

    def find(self, model_id: str) -> Model | None:
        """The served model that a request for ``model_id`` reaches: itself, or what the id is short for."""
        # Ollama's own default tag; OpenRouter's variants of any model.
        names = [model_id, f"{model_id}:latest"]
        names += [model_id.removesuffix(variant) for variant in _VARIANTS if model_id.endswith(variant)]
        found = next((self.models[name] for name in names if name in self.models), None)
        return found or self._newest(model_id)

    def _newest(self, model_id: str) -> Model | None:
        """Anthropic lists dated snapshots only, and takes their undated names."""
        dated = [name for name in self.models if _DATED.sub("", name) == model_id]
        return self.models[max(dated)] if dated else None


def first_url(kind: WireFamily, base_url: str) -> str:
    """Where the list, or its first page, is."""
    return {
        "openai": f"{base_url}/models",
        "kimi": systems.models_url(base_url),
        "ollama": f"{base_url}/api/tags",
        "gemini": f"{base_url}/models?pageSize={_PAGE}",
        "anthropic": f"{base_url.removesuffix('/v1')}/v1/models?limit={_PAGE}",
    }[kind]


def next_url(kind: WireFamily, base_url: str, page: Mapping[str, Any]) -> str | None:
    """Where the page after ``page`` is; None after the last."""
    from urllib.parse import quote

    first = first_url(kind, base_url)
    if kind == "gemini" and isinstance(token := page.get("nextPageToken"), str) and token:
        return f"{first}&pageToken={quote(token, safe='')}"
    if kind == "anthropic" and page.get("has_more") is True and isinstance(last := page.get("last_id"), str):
        return f"{first}&after_id={quote(last, safe='')}"
    return None


def read(kind: WireFamily, pages: list[Mapping[str, Any]]) -> Listing:
    """The models of all pages; what is no model is passed over."""
    reader = _READERS[kind]
    items = [item for page in pages for item in _items(page)]
    models = {model.id: model for item in items if (model := reader(item)).id}
    # OpenAI's; OpenRouter calls it otherwise.
    ends = {item.get("id"): item.get("shutdown_date") or item.get("expiration_date") for item in items}
    return Listing(models=models, ending={str(name): end for name, end in ends.items() if isinstance(end, str)})


def _items(page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for member in ("data", "models"):
        items = page.get(member)
        yield from (item for item in (items if isinstance(items, list) else ()) if isinstance(item, Mapping))


def _openai(item: Mapping[str, Any]) -> Model:
    """OpenAI tells ids only; OpenRouter, Kimi and vLLM tell more, each in members of its own."""
    top, prices = _table(item, "top_provider"), _table(item, "pricing")
    modalities = _table(item, "architecture").get("input_modalities")
    parameters = item.get("supported_parameters")
    return Model(
        id=_text(item, "id"),
        context_window=_count(item, "context_length") or _count(item, "max_model_len"),
        max_output_tokens=_count(top, "max_completion_tokens"),
        input_price=_price(prices, "prompt"),
        output_price=_price(prices, "completion"),
        cached_input_price=_price(prices, "input_cache_read"),
        vision="image" in modalities if isinstance(modalities, list) else _flag(item, "supports_image_in"),
        reasoning="reasoning" in parameters if isinstance(parameters, list) else _flag(item, "supports_reasoning"),
    )


def _ollama(item: Mapping[str, Any]) -> Model:
    abilities = item.get("capabilities")
    can = abilities if isinstance(abilities, list) else None
    return Model(
        id=_text(item, "name"),
        context_window=_count(_table(item, "details"), "context_length"),
        vision=None if can is None else "vision" in can,
        reasoning=None if can is None else "thinking" in can,
    )


def _gemini(item: Mapping[str, Any]) -> Model:
    return Model(
        id=_text(item, "name").removeprefix("models/"),
        context_window=_count(item, "inputTokenLimit"),
        max_output_tokens=_count(item, "outputTokenLimit"),
        reasoning=_flag(item, "thinking"),
    )


def _anthropic(item: Mapping[str, Any]) -> Model:
    abilities = _table(item, "capabilities")
    return Model(
        id=_text(item, "id"),
        context_window=_count(item, "max_input_tokens"),
        max_output_tokens=_count(item, "max_tokens"),
        vision=_flag(_table(abilities, "image_input"), "supported"),
        reasoning=_flag(_table(abilities, "thinking"), "supported"),
    )


_READERS: Mapping[WireFamily, Callable[[Mapping[str, Any]], Model]] = {
    "openai": _openai,
    "kimi": _openai,
    "ollama": _ollama,
    "gemini": _gemini,
    "anthropic": _anthropic,
}


def _table(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = item.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _flag(item: Mapping[str, Any], name: str) -> bool | None:
    value = item.get(name)
    return value if isinstance(value, bool) else None


def _count(item: Mapping[str, Any], name: str) -> int | None:
    """A number of tokens; 0 is how some say that they do not know."""
    value = item.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _price(prices: Mapping[str, Any], name: str) -> float | None:
    """US dollars for a million tokens, of a text for one token; OpenRouter's -1 means that it depends."""
    try:
        price = Decimal(str(prices.get(name))) * 1_000_000
    except InvalidOperation:
        return None
    return float(price) if price.is_finite() and price >= 0 else None
