"""The wire families: how each takes its key, lists its models, and answers the shortest completion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from custom_providers.kimi.account import systems
from custom_providers.providers.account.account import Ask, Target
from custom_providers.providers.profile import Auth, WireFamily
from custom_providers.providers.wire import completions, model_lists
from custom_providers.providers.wire.model_lists import Listing, ServedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What is the same for every provider that speaks alike."""

    auths: tuple[Auth, ...]
    """What LiteLLM can send."""
    key_header: str = "Authorization"
    key_before: str = "Bearer "
    """What comes before the key in its header."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """With every request."""
    models: Callable[[str], str] = model_lists.url
    """Of a base URL: where the model list is."""
    page_size: str = ""
    """The parameter for the number of models on a page; empty if the list has no pages."""
    next_page: Callable[[Mapping[str, Any]], str] = lambda _: ""
    """Of a page: the query for the next one; empty after the last."""
    read_model: Callable[[Mapping[str, Any]], ServedModel]
    completion: Callable[[Target, tuple[str, int]], Ask]

    def key_headers(self, key: str, auth: Auth) -> dict[str, str]:
        """The headers of a request with ``key``, which may be empty, to a provider that takes it by ``auth``."""
        sent = {"Authorization": f"Bearer {key}"} if auth == "bearer" else {self.key_header: f"{self.key_before}{key}"}
        return {**(sent if key else {}), **self.headers}

    def models_url(self, base_url: str, size: int = 1000) -> str:
        """Where the model list, or its first page of ``size`` models, is."""
        return f"{self.models(base_url)}{f'?{self.page_size}={size}' if self.page_size else ''}"

    def next_url(self, base_url: str, page: Mapping[str, Any]) -> str | None:
        """Where the page after ``page`` is; None after the last."""
        more = self.next_page(page)
        return f"{self.models_url(base_url)}{more}" if more else None

    def listing(self, pages: list[Mapping[str, Any]], variants: tuple[str, ...]) -> Listing:
        """The models of all pages; entries that are not models are skipped."""
        read = [self.read_model(item) for page in pages for item in model_lists.entries(page)]
        return Listing(models={model.id: model for model in read if model.id}, variants=variants)


FAMILIES: Mapping[WireFamily, Family] = {
    "openai": Family(
        auths=("bearer", "none"),
        read_model=model_lists.openai,
        completion=completions.openai,
    ),
    "anthropic": Family(
        auths=("x_api_key", "bearer"),
        key_header="x-api-key",
        key_before="",
        headers={"anthropic-version": "2023-06-01"},
        models=model_lists.anthropic_url,
        page_size="limit",
        next_page=model_lists.anthropic_next,
        read_model=model_lists.anthropic,
        completion=completions.anthropic,
    ),
    "ollama": Family(
        auths=("none", "bearer"),
        models=model_lists.ollama_url,
        read_model=model_lists.ollama,
        completion=completions.ollama,
    ),
    # The key travels in the header also where the registry says api_key_query: URLs end up in logs.
    "gemini": Family(
        auths=("api_key_query", "x_api_key"),
        key_header="x-goog-api-key",
        key_before="",
        page_size="pageSize",
        next_page=model_lists.gemini_next,
        read_model=model_lists.gemini,
        completion=completions.gemini,
    ),
    "kimi": Family(
        auths=("bearer", "x_api_key"),
        models=systems.models_url,
        read_model=model_lists.openai,
        completion=completions.openai,
    ),
}
