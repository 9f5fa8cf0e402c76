"""Refuses Responses requests that refer to stored content: the model would answer without it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from custom_providers.json_parts import mapping
from custom_providers.providers.known import KNOWN
from custom_providers.request.fields import response_items
from custom_providers.request.refusals.content_kinds import FETCHES
from custom_providers.routing.resolver import ProviderRoute

_WHOLE = "send the whole conversation as input"
_NO_DATABASE = f"previous_response_id needs a database, where this proxy has none: {_WHOLE}, or set DATABASE_URL"
_ELSEWHERE = {
    "conversation": _WHOLE,
    "prompt": "send its text as instructions",
    "input.item_reference": _WHOLE,
}


def refusal(request: Mapping[str, object], provider: ProviderRoute | None, model: str, *, database: bool) -> str | None:
    """Return why the request cannot be answered as intended, or None.

    Args:
        request: a Responses API request.
        provider: the request's provider; OpenAI stores responses, conversations and prompts itself.
        model: the provider's name of the model.
        database: whether LiteLLM has a database, where it finds earlier calls.
    """
    profile = KNOWN.get(provider.name) if provider is not None else None
    if profile is not None and profile.has_responses_api(model):
        return None
    if request.get("previous_response_id") and not database:
        return _NO_DATABASE
    name = next(_stored(request), None)
    name_of_it = provider.name if provider is not None else "this model"
    if name:
        return f"{name} refers to what OpenAI stores, and {name_of_it} does not have it: {_ELSEWHERE[name]}"
    fetches = provider is None or provider.wire_family in FETCHES
    return response_items.refusal(request.get("input"), name_of_it, fetches=fetches)


def _stored(request: Mapping[str, object]) -> Iterator[str]:
    yield from (name for name in ("conversation", "prompt") if request.get(name))
    items = request.get("input")
    if isinstance(items, list) and any(mapping(item).get("type") == "item_reference" for item in items):
        yield "input.item_reference"
