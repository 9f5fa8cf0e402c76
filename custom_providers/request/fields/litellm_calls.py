"""Notes which fields LiteLLM's own translations drop from a request, as the engine does for its calls.

Mainly for ``CustomLogger.log_pre_api_call``, which LiteLLM calls with the finished body just before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custom_providers.engine.facts import FACTS, named
from custom_providers.json_parts import mapping, parsed_object
from custom_providers.observability.audit.call import under_way
from custom_providers.request.fields.lost_fields import lost, written_in


def note_lost(details: dict[str, Any]) -> None:
    """Note the fields that the attempt has lost, in ``details``, LiteLLM's ``model_call_details`` of a call."""
    if sent := _sent(mapping(details.get("additional_args")).get("complete_input_dict")):
        _note(details, written_in(mapping(details.get("litellm_params"))), sent)


def is_sent(details: Mapping[str, Any]) -> bool:
    """Whether LiteLLM, or the engine, has begun to send an attempt of the call with these ``model_call_details``."""
    return details.get("api_call_start_time") is not None


def note_ollama_embedding(call: Mapping[str, Any]) -> None:
    """The same for Ollama embeddings, whose body LiteLLM does not show: only OpenAI's ``user`` is lost."""
    written = written_in(call)
    details = getattr(call.get("litellm_logging_obj"), "model_call_details", {})
    _note(details, written, {name: value for name, value in written.items() if name != "user"})


def _note(details: dict[str, Any], written: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    call = under_way()
    handler = call.attempts[-1].handler if call and call.attempts else details.get("custom_llm_provider")
    details[FACTS] = {"handler": handler, "adjusted": named(lost(written, sent))}


def _sent(body: Any) -> Mapping[str, Any]:
    return mapping(parsed_object(body) if isinstance(body, str | bytes) else body)
