"""What a provider serves, read from its model list: one reader for each wire family. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from custom_providers.providers.json_members import count, flag, items, member, table, text

_DATED = re.compile(r"-20\d{6}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """A model as its provider lists it; prices are US dollars per million tokens, None is unknown."""

    id: str
    context_window: int | None = None
    max_output_tokens: int | None = None
    input_price: float | None = None
    output_price: float | None = None
    cached_input_price: float | None = None
    vision: bool | None = None
    reasoning: bool | None = None
    efforts: tuple[str, ...] = ()
    """The reasoning efforts that it takes; empty: not listed."""
    ends: str = ""
    """The last day on which it is served, as the provider writes it; empty: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The models that a provider serves."""

    models: Mapping[str, ServedModel]
    """By id, in the provider's order."""
    variants: tuple[str, ...] = ()
    """Suffixes that every model accepts."""

    def find(self, model_id: str) -> ServedModel | None:
        """The served model that a request for ``model_id`` reaches: itself, or what the id is short for."""
        # Ollama's default tag is ":latest".
        names = [model_id, f"{model_id}:latest"]
        names += [model_id.removesuffix(variant) for variant in self.variants if model_id.endswith(variant)]
        found = next((self.models[name] for name in names if name in self.models), None)
        return found or self._newest(model_id)

    def _newest(self, model_id: str) -> ServedModel | None:
        """Anthropic lists dated snapshots only, and takes their undated names."""
        dated = [name for name in self.models if _DATED.sub("", name) == model_id]
        return self.models[max(dated)] if dated else None


def url(base_url: str) -> str:
    """The list of OpenAI's and Gemini's APIs."""
    return f"{base_url}/models"


def ollama_url(base_url: str) -> str:
    """What an Ollama server has pulled, or Ollama Cloud serves."""
    return f"{base_url}/api/tags"


def anthropic_url(base_url: str) -> str:
    """Anthropic's list; its base URL may lack the version."""
    return f"{base_url.removesuffix('/v1')}/v1/models"


def gemini_next(page: Mapping[str, Any]) -> str:
    """The query that asks for the page after ``page`` of Gemini's list; empty after the last."""
    token = text(page, "nextPageToken")
    return f"&pageToken={quote(token, safe='')}" if token else ""


def anthropic_next(page: Mapping[str, Any]) -> str:
    """The same of Anthropic's list."""
    last = text(page, "last_id") if flag(page, "has_more") else ""
    return f"&after_id={quote(last, safe='')}" if last else ""


def entries(page: object) -> Iterator[Mapping[str, Any]]:
    """The models of a page, in any family."""
    for name in ("data", "models"):
        yield from (item for item in items(page, name) if isinstance(item, Mapping))


def openai(item: Mapping[str, Any]) -> ServedModel:
    """OpenAI lists ids and shutdown dates; OpenRouter, Kimi and vLLM add facts under their own names."""
    prices, efforts = table(item, "pricing"), items(table(item, "think_efforts"), "valid_efforts")
    sees = _lists(table(item, "architecture"), "input_modalities", "image")
    reasons = _lists(item, "supported_parameters", "reasoning")
    return ServedModel(
        id=text(item, "id"),
        context_window=count(item, "context_length") or count(item, "max_model_len"),
        max_output_tokens=count(table(item, "top_provider"), "max_completion_tokens"),
        input_price=_price(prices, "prompt"),
        output_price=_price(prices, "completion"),
        cached_input_price=_price(prices, "input_cache_read"),
        vision=flag(item, "supports_image_in") if sees is None else sees,
        reasoning=flag(item, "supports_reasoning") if reasons is None else reasons,
        efforts=tuple(effort for effort in efforts if isinstance(effort, str)),
        ends=text(item, "shutdown_date") or text(item, "expiration_date"),
    )


def ollama(item: Mapping[str, Any]) -> ServedModel:
    """Ollama's tags."""
    return ServedModel(
        id=text(item, "name"),
        context_window=count(table(item, "details"), "context_length"),
        vision=_lists(item, "capabilities", "vision"),
        reasoning=_lists(item, "capabilities", "thinking"),
    )


def gemini(item: Mapping[str, Any]) -> ServedModel:
    """Gemini's models."""
    return ServedModel(
        id=text(item, "name").removeprefix("models/"),
        context_window=count(item, "inputTokenLimit"),
        max_output_tokens=count(item, "outputTokenLimit"),
        reasoning=flag(item, "thinking"),
    )


def anthropic(item: Mapping[str, Any]) -> ServedModel:
    """Anthropic's models."""
    abilities = table(item, "capabilities")
    return ServedModel(
        id=text(item, "id"),
        context_window=count(item, "max_input_tokens"),
        max_output_tokens=count(item, "max_tokens"),
        vision=flag(table(abilities, "image_input"), "supported"),
        reasoning=flag(table(abilities, "thinking"), "supported"),
    )


def _lists(item: Mapping[str, Any], name: str, word: str) -> bool | None:
    """Whether the list under ``name`` has ``word``; None when there is no list."""
    found = member(item, name)
    return word in found if isinstance(found, list) else None


def _price(prices: Mapping[str, Any], name: str) -> float | None:
    """US dollars for a million tokens, of a text for one token; OpenRouter's -1 means that it depends."""
    try:
        price = Decimal(str(prices.get(name))) * 1_000_000
    except InvalidOperation:
        return None
    return float(price) if price.is_finite() and price >= 0 else None
