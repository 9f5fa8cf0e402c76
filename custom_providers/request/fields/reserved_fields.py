"""Refuses fields that clients may not send: in LiteLLM's router, a request's field overrides the deployment's.

LiteLLM itself refuses some (``api_base``, cloud credentials, prices) and removes others (mocks). All of LiteLLM's own
parameters are refused here, including those that a new version adds; those that clients need are listed as exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from litellm.types.router import CredentialLiteLLMParams, GenericLiteLLMParams  # noqa: TID253 -- LiteLLM imports us
from litellm.types.utils import (  # noqa: TID253 -- as above
    CustomPricingLiteLLMParams,
    StandardCallbackDynamicParams,
    all_litellm_params,
)

from custom_providers.json_parts import mapping
from custom_providers.observability.audit.record import clean_name

CLIENTS = frozenset(
    {
        # timeouts and retries
        *("timeout", "request_timeout", "stream_timeout", "keepalive_seconds"),
        *("num_retries", "max_retries", "fallbacks"),
        # labels of the call
        *("metadata", "litellm_metadata", "tags", "id", "litellm_session_id", "litellm_trace_id"),
        # processing of the request and its response
        *("drop_params", "allowed_openai_params", "guardrails", "cache", "caching", "ttl", "stream_chunk_size"),
        *("prompt_id", "prompt_variables", "prompt_version", "prompt_label", "prompt_environment"),
        *("enable_json_schema_validation", "merge_reasoning_content_in_choices", "search_tool_name", "vector_store_id"),
        # Azure's SDKs put this into the URL.
        "api_version",
        # Set by LiteLLM before the hook runs; clients cannot send these.
        *("litellm_call_id", "client_side_timeout", "_litellm_skip_openai_stream_done", "_litellm_raw_sse_stream"),
    }
)
"""Parameters of LiteLLM that clients may set."""
LITELLMS = frozenset(all_litellm_params) | CLIENTS
"""Fields for LiteLLM, not for a provider. ``metadata`` is also a field of OpenAI's and Anthropic's APIs; 1.108 adds
``drop_params`` for Claude Code and Codex."""
_GUARDED_BY_LITELLM = frozenset(
    {
        *CustomPricingLiteLLMParams.model_fields,
        *StandardCallbackDynamicParams.__annotations__,
        *("model_info", "base_model", "mock_response", "mock_timeout"),
    }
)
"""Refused or removed before the hook, unless the key, the team or the proxy allows them."""

_WHERE_KEYS_GO = frozenset(
    {
        *CredentialLiteLLMParams.model_fields,
        *("custom_llm_provider", "azure", "use_litellm_proxy", "use_xai_oauth", "organization"),
        *("litellm_credential_name", "configurable_clientside_auth_params", "azure_ad_token_provider"),
        *("client", "shared_session", "ssl_verify", "headers", "provider_specific_header"),
    }
)
_WHAT_IS_CALLED = frozenset(
    {
        *("deployment_id", "model_id", "specific_deployment", "router_settings_override", "models"),
        *("model_alias_map", "context_window_fallback_dict", "caching_groups", "silent_model"),
    }
)
_THE_PROXYS = frozenset(
    {
        *all_litellm_params,
        *GenericLiteLLMParams.model_fields,
        *("original_function", "original_generic_function", "fallback_model_group", "model_group_retry_policy"),
        *("routing_groups", "routing_strategy_args", "passthrough_on_no_deployment", "adapter_id"),
    }
)
_REASONS = {
    name: reason
    for reason, names in (
        ("it belongs to the proxy's own configuration", _THE_PROXYS),
        ("it says where a key goes, which is the operator's decision", _WHERE_KEYS_GO),
        ("it can name another model; use model, and fallbacks for a list of names", _WHAT_IS_CALLED),
    )
    for name in names - CLIENTS - _GUARDED_BY_LITELLM
}

_BESIDE_EXTRA_BODY = frozenset(
    {
        *("model", "messages", "input", "prompt", "contents", "stream", "fallbacks"),
        *("system", "instructions", "systemInstruction", "system_instruction"),
    }
)
"""Fields that are routed, checked and cleaned in the request itself; ``extra_body`` would override the results."""

_FILLED_IN = {
    **dict.fromkeys(("acreate_container", "acreate_eval", "acreate_run"), "openai"),
    "acreate_interaction": "gemini",
}
"""By call type, the ``custom_llm_provider`` that LiteLLM's own endpoint adds if none is given."""


def reserved(request: Mapping[str, Any], call_type: str) -> str | None:
    """Return the error for the first field in LiteLLM's ``data`` that clients may not send, or None."""
    filled_in = request.get("custom_llm_provider") == _FILLED_IN.get(call_type, "")
    sent = [name for name in _sent(request) if not (filled_in and name == "custom_llm_provider")]
    inner = mapping(request.get("extra_body"))
    for name in (*sent, *inner):
        if reason := _reason(name):
            return f"{clean_name(name)} is not taken from requests: {reason}"
    misplaced = next((name for name in inner if name in _BESIDE_EXTRA_BODY), None)
    return misplaced and f"{misplaced} is not taken from extra_body: it is a field of the request itself"


def _sent(request: Mapping[str, Any]) -> Iterable[str]:
    """The field names in the client's body, from LiteLLM's copy of it, which lacks LiteLLM's own fields."""
    received = request.get("proxy_server_request") or {}
    # LiteLLM omits some fields from the copy, and lists their names separately.
    return (*(received.get("body") or ()), *(received.get("credential_fields") or ()))


def _reason(name: str) -> str | None:
    return _REASONS["self"] if name.startswith("_") and name not in CLIENTS else _REASONS.get(name)
