"""Selects the calls that the engine serves: those from clients of the proxy, on wires that it supports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.engine.custom_llm import stream_inspection
from custom_providers.engine.streaming.exchange import Exchange
from custom_providers.engine.streaming.open_before_response import open_early
from custom_providers.json_parts import mapping
from custom_providers.request.fields import response_items
from custom_providers.request.fields.reserved_fields import LITELLMS

PROVIDER = "pointsman"
"""The engine's name in LiteLLM's ``custom_provider_map``."""

SWITCH = "POINTSMAN_ENGINE"
"""``off`` in the environment leaves all providers except Kimi to LiteLLM, to find out which side causes a problem."""

OPENAI_PARAMETERS = (
    *("reasoning_effort", "thinking", "parallel_tool_calls", "user", "prompt_cache_key", "safety_identifier"),
    *("logit_bias", "logprobs", "top_logprobs", "store", "service_tier", "verbosity", "web_search_options"),
    *("modalities", "prediction", "audio", "functions", "function_call", "n", "seed", "stop", "response_format"),
    *("tools", "tool_choice", "temperature", "top_p", "max_tokens", "max_completion_tokens", "presence_penalty"),
    *("frequency_penalty", "stream_options"),
)
"""For ``allowed_openai_params``: LiteLLM drops unlisted parameters of a custom provider."""

OLLAMA = "ollama_chat"
ANTHROPIC = "anthropic"
OPENROUTER = "openrouter"
CHAT_WIRES = frozenset({"openai", OPENROUTER})
_WIRES = CHAT_WIRES | {OLLAMA}
_CALLS = frozenset({"acompletion", "anthropic_messages", "aresponses"})


def taken(call: dict[str, Any], call_type: str, exchange: Exchange | None) -> dict[str, Any]:
    """Return ``call``, redirected to the engine if the engine serves it.

    For LiteLLM's ``async_pre_call_deployment_hook``, which runs once per attempt, and again for the inner completion
    that LiteLLM makes of an attempt over another API.
    """
    if exchange is None or call_type not in _CALLS:
        return call
    model = str(call["model"])
    prefix, _, upstream = model.partition("/")
    if call.get("custom_llm_provider") == PROVIDER:
        # The inner completion of an attempt over another API; its model may lack the engine's prefix.
        upstream = upstream if prefix == PROVIDER else model
    elif prefix != PROVIDER:
        exchange.leave_to_litellm()
        if call_type == "aresponses":
            exchange.is_translated = response_items.is_translated(call)
        if not _served(call, call_type, prefix, upstream):
            return call
        exchange.wire = prefix
        if prefix == ANTHROPIC:
            exchange.request, call = call, _hollow(call)
    changed = {**call, "model": f"{PROVIDER}/{upstream}", "allowed_openai_params": list(OPENAI_PARAMETERS)}
    if "custom_llm_provider" in changed:
        changed["custom_llm_provider"] = PROVIDER
    return open_early(changed, call_type)


def is_taken(call: Mapping[str, Any]) -> bool:
    """Whether this is the inner completion of one of the engine's attempts."""
    return call.get("custom_llm_provider") == PROVIDER or str(call["model"]).startswith(f"{PROVIDER}/")


def _hollow(call: Mapping[str, Any]) -> dict[str, Any]:
    """``call`` without the fields that LiteLLM would translate: the engine sends the client's request unchanged.

    LiteLLM's own fields stay, though the client's body has them too: ``litellm_metadata`` says whose call it is.
    """
    dropped = written(call) - {"model", "max_tokens", "messages", "stream"} - (LITELLMS - {"metadata"})
    bare = {name: value for name, value in call.items() if name not in dropped}
    return {**bare, "messages": [{"role": "user", "content": "-"}]}


def written(call: Mapping[str, Any]) -> frozenset[str]:
    """The names of the fields in the client's body."""
    return frozenset(mapping(mapping(call.get("proxy_server_request")).get("body")))


def _served(call: Mapping[str, Any], call_type: str, wire: str, upstream: str) -> bool:
    if wire == ANTHROPIC:
        # Only streams from messages to messages; LiteLLM handles whole answers and all other translations for Claude.
        return call_type == "anthropic_messages" and call.get("stream") is True and not stream_inspection.by_callbacks()
    if wire not in _WIRES or upstream.startswith("responses/"):
        return False
    # LiteLLM knows which of OpenAI's own models require the Responses API.
    ordinary = wire != "openai" or bool(call.get("use_chat_completions_api"))
    if not ordinary or call_type != "acompletion" or call.get("n") in (None, 1):
        return ordinary
    # Of several choices, only streams, which LiteLLM would end without the finish reasons of all but the first.
    return wire in CHAT_WIRES and call.get("stream") is True and not stream_inspection.by_callbacks()
