"""Groups request fields by meaning: the names that client protocols and provider APIs use for the same thing.

Covers OpenAI's chat completions, responses and embeddings, Anthropic's messages, Ollama's ``/api/chat`` and
``/api/embed``, and Gemini's ``generateContent``, as documented on 2026-11-27. A dot means a nested field. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from custom_providers.json_parts import listed, mapping
from custom_providers.request.fields import chat_messages, message_blocks, response_items

_SEVERAL_NAMES: tuple[tuple[str, ...], ...] = (
    ("max_tokens", "max_completion_tokens", "max_output_tokens", "num_predict"),
    ("stop", "stop_sequences"),
    (
        *("reasoning_effort", "reasoning", "reasoning.effort", "thinking", "think", "thinking_config"),
        *("output_config.effort", "chat_template_kwargs"),
    ),
    (
        *("response_format", "text.format", "output_config.format", "output_format", "format", "response_schema"),
        # LiteLLM requests JSON from older Claude models through a tool of this name.
        *("response_json_schema", "response_mime_type", "tools.json_tool_call"),
    ),
    ("verbosity", "text.verbosity"),
    ("user", "metadata.user_id"),
    ("tools", "functions"),
    ("tool_choice", "tool_config", "function_call"),
    ("parallel_tool_calls", "tool_choice.disable_parallel_tool_use"),
    ("n", "candidate_count"),
    ("logprobs", "response_logprobs"),
    ("top_logprobs", "logprobs"),
    ("dimensions", "output_dimensionality"),
    ("modalities", "response_modalities"),
    ("audio", "speech_config"),
    ("web_search_options", "tools.web_search", "tools.google_search"),
)
TOOL_MEMBERS = ("strict", "input_examples", "defer_loading", "allowed_callers", "eager_input_streaming")
"""Members of a tool besides name, description and schema."""
DETAIL = "detail"
"""The resolution at which an image is read, a member of a part."""

_ONE_NAME = (
    *(DETAIL, chat_messages.NAME, *(f"tools.{member}" for member in TOOL_MEMBERS)),
    *("temperature", "top_p", "top_k", "min_p", "seed", "presence_penalty", "frequency_penalty", "repetition_penalty"),
    *("logit_bias", "service_tier", "store", "metadata", "prediction", "safety_identifier", "prompt_cache_key"),
    *("prompt_cache_retention", "prompt_cache_options", "stream_options", "moderation", "encoding_format"),
    *("background", "conversation", "include", "max_tool_calls", "previous_response_id", "prompt", "truncation"),
    *("text", "context_management", "container", "mcp_servers", "output_config", "speed", "inference_geo"),
    *("thinking.keep", "thinking.display", "cache_control", "betas", "anthropic_beta", "extra_body", "extra_headers"),
    *(*message_blocks.NAMES, *message_blocks.MEMBERS, *response_items.NAMES),
    *("messages", "system", "model", "tools.parameters", "reasoning_content", "keep_alive", "num_ctx", "options"),
)

SAME: Mapping[str, frozenset[str]] = {
    name: frozenset(other for group in _SEVERAL_NAMES if name in group for other in group)
    for name in {name for group in _SEVERAL_NAMES for name in group}
}
"""By name, all names of the same field; fields with only one name are not included."""

DOCUMENTED = frozenset({*SAME, *_ONE_NAME})
"""Fields of the client protocols. Any other name was chosen by the client."""

_INNER = frozenset({"options", "generation_config", "extra_body", "requests"})
"""Objects, or lists of similar ones, whose members are fields of the request: Ollama's, Gemini's, the SDKs'."""
_GROUPS = ("tools", "functionDeclarations", "function_declarations")
"""Lists of functions inside a tool, in namespaces and in Gemini's format."""
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


def fields(body: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a request body: names in snake case, nested fields with a dot, tools by name."""
    found: dict[str, Any] = {}
    for written, value in body.items():
        name = _CAPITAL.sub(r"_\1", written).lower()
        if value is None:
            continue
        if name in _INNER:
            found |= fields(mapping(value[0] if isinstance(value, list) and value else value))
        else:
            found[name] = value
            found |= {f"{name}.{inner}": part for inner, part in mapping(value).items() if part is not None}
    return found | {f"tools.{name}": True for name in tool_names(body)}


def tool_names(body: Mapping[str, Any]) -> Iterator[str]:
    """The names of a request's tools, including those in groups: functions by name, built-in tools by type."""
    waiting = [body.get("tools"), body.get("functions")]
    while waiting:
        for tool in listed(waiting.pop()):
            if groups := [tool[name] for name in _GROUPS if name in mapping(tool)]:
                waiting += groups
            else:
                yield _tool_name(mapping(tool))


def _tool_name(tool: Mapping[str, Any]) -> str:
    named = mapping(tool.get("function")).get("name") or tool.get("name") or tool.get("type")
    # Gemini's built-in tools are objects with one member.
    return str(named) if named else _CAPITAL.sub(r"_\1", next(iter(tool), "")).lower()
