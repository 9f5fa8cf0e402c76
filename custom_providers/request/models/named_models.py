"""Finds places in a request body that name models, other than its ``model``. Pure.

It also covers fields that are unknown today: any field that is named like a model counts, outside the conversation and
schemas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from custom_providers.json_parts import listed
from custom_providers.observability.audit.record import clean_name

IN_TOOLS = "tools.model"
"""The model of Anthropic's advisor tool, and of OpenAI's image generation tool."""

_NAMES_A_MODEL = re.compile(r"(?:^|[_-])models?$|[a-z0-9]Models?$")
_SAYS_WHERE_A_KEY_GOES = frozenset(
    {"api_key", "api_base", "base_url", "custom_llm_provider", "litellm_credential_name"}
)
_NOT_LOOKED_INTO = frozenset(
    {
        # the conversation, whose content is up to the client
        *("messages", "input", "contents", "prompt", "system", "instructions", "systemInstruction"),
        *("system_instruction", "query", "documents", "prediction"),
        # schemas, in which "model" is a property of a user's tool
        *("parameters", "input_schema", "parametersJsonSchema", "response", "schema", "json_schema"),
        *("responseSchema", "responseJsonSchema", "functions", "response_format", "input_examples"),
        # routed and checked one by one
        "fallbacks",
        # the client's labels for its requests
        *("metadata", "litellm_metadata", "extra_headers", "user"),
    }
)


def misplaced(body: Mapping[str, Any], places: Iterable[str]) -> str | None:
    """Return the error for a field in ``body`` that names a model outside ``places``, or controls where a key is sent.

    Args:
        body: the client's body.
        places: dotted names of fields; lists count as their items: ``tools.model``.
    """
    allowed = frozenset(places)
    for place, shown in _named(body, (), ""):
        name = place[-1]
        if name in _SAYS_WHERE_A_KEY_GOES and len(place) > 1:
            return f"{clean_name(shown)} is not taken from requests: it says where a key goes"
        if _NAMES_A_MODEL.search(name) and ".".join(place) not in allowed:
            return (
                f"{clean_name(shown)} is not taken from requests: it names another model;"
                " use model, and fallbacks for a list of names"
            )
    return None


def tools_with_models(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tools that name a model, as mutable objects of the request."""
    return [tool for tool in _tools(body) if tool.get("model") is not None]


def lacks_a_model(body: Mapping[str, Any]) -> bool:
    """Whether an advisor tool names no model; LiteLLM would fail where it calls it."""
    return any(str(tool.get("type")).startswith("advisor") and tool.get("model") is None for tool in _tools(body))


def _tools(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [tool for tool in listed(body.get("tools")) if isinstance(tool, dict)]


def _named(value: object, place: tuple[str, ...], shown: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every field to inspect: its place, and the notation shown to clients."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if inner is None or name in _NOT_LOOKED_INTO:
                continue
            written = f"{shown}.{name}" if shown else str(name)
            yield (*place, str(name)), written
            yield from _named(inner, (*place, str(name)), written)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _named(item, place, f"{shown}[{position}]")
