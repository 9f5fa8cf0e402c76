"""Requests that continue an earlier response: refused if that response is not stored anywhere."""

from __future__ import annotations

from collections.abc import Mapping

from custom_providers.providers.known import KNOWN
from custom_providers.routing.resolver import ProviderRoute

_REFUSAL = (
    "previous_response_id needs a database, where this proxy has none: send the whole conversation as input,"
    " or set DATABASE_URL"
)


def refusal(request: Mapping[str, object], provider: ProviderRoute | None, *, database: bool) -> str | None:
    """Why the request cannot go on from an earlier response; without it, the model would answer from nothing.

    Args:
        request: of the responses API.
        provider: where it goes; OpenAI stores responses itself.
        database: whether LiteLLM has one, where it finds earlier calls.
    """
    if not request.get("previous_response_id") or database:
        return None
    profile = KNOWN.get(provider.name) if provider is not None else None
    return None if profile is not None and profile.responses_api else _REFUSAL
