"""Adapts a request in OpenAI's format to Kimi, and reports what was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from custom_providers.json_parts import mapping
from custom_providers.kimi.account.catalogue import Traits
from custom_providers.kimi.request import history as conversation
from custom_providers.kimi.request import reasoning, schema
from custom_providers.kimi.request import tools as toolbox
from custom_providers.kimi.request.reasoning import Thinking

OPENAI_PARAMETERS = (
    *("reasoning_effort", "thinking", "parallel_tool_calls", "user", "prompt_cache_key", "safety_identifier"),
    *("logit_bias", "logprobs", "top_logprobs", "store", "service_tier", "verbosity", "web_search_options"),
    *("modalities", "prediction", "audio", "functions", "function_call"),
)
"""For ``allowed_openai_params`` of every deployment: otherwise LiteLLM rejects, or for Claude Code silently drops, all
parameters that custom providers are not known to support, such as ``reasoning_effort``. We drop what Kimi refuses."""

_FIXED = {"temperature": 1.0, "top_p": 0.95, "n": 1, "presence_penalty": 0.0, "frequency_penalty": 0.0}
"""The only values that Kimi accepts: "invalid temperature: only 1 is allowed for this model"."""

_UNKNOWN = ("top_k", "web_search_options")
"""Anthropic's and LiteLLM's parameters, which Kimi does not have."""

_HANDLED = frozenset(
    {
        *_FIXED,
        *_UNKNOWN,
        *("reasoning_effort", "thinking", "tools", "tool_choice", "stop", "response_format"),
        *("max_retries", "stream", "stream_options", "extra_body", "extra_headers", "model", "messages"),
    }
)
_BUDGETS = ("max_tokens", "max_completion_tokens")
SETTLED = (_HANDLED | {*_BUDGETS, "parallel_tool_calls", "cache_control"}) - {"tools", "tool_choice"}
"""What is adjusted here, and named, or needs no name: Kimi caches prompts without being asked."""
_MOST_STOPS, _LONGEST_STOP = 5, 32


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRequest:
    """One request, ready for either wire."""

    model: str
    messages: list[dict[str, Any]]
    fields: Mapping[str, Any]
    """The other body fields, without the thinking setting, which differs between wires."""
    thinking: Thinking
    traits: Traits
    adjusted: tuple[str, ...] = ()
    """The parameters that were dropped or changed."""
    raised: tuple[int, int] | None = None
    """The requested answer budget and the one that is sent, if it was below the floor."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """By function name on the wire, the caller's name, where they differ."""


def prepare(
    model: str, messages: Sequence[Mapping[str, Any]], params: Mapping[str, Any], *, traits: Traits, floor: int
) -> PreparedRequest:
    """Adapt a request to what Kimi accepts, and change nothing else.

    Args:
        model: the upstream id.
        messages: the conversation.
        params: OpenAI parameters, and any others that the caller sent.
        traits: what the model can do.
        floor: the smallest answer budget in tokens for a model that thinks; 0 for none.
    """
    params = {**params, **(params.get("extra_body") or {})}
    thinking = reasoning.settle(params, traits)
    sent, left_out = conversation.clean(messages, thinking=not thinking.off)
    tools = toolbox.settle(params, traits, thinking=not thinking.off)
    fields = {key: value for key, value in params.items() if value is not None and key not in _HANDLED}
    raised = None if thinking.off else _raise_budget(fields, floor)
    stop, stop_adjusted = _stop(params.get("stop"))
    fields |= stop | _tool_fields(tools, fields) | _format(params.get("response_format"))
    changed = tuple(name for name, value in _FIXED.items() if params.get(name) not in (None, value))
    unknown = tuple(name for name in _UNKNOWN if params.get(name) is not None)
    return PreparedRequest(
        model=model,
        messages=sent,
        fields=fields,
        thinking=thinking,
        traits=traits,
        adjusted=(*changed, *unknown, *thinking.adjusted, *tools.adjusted, *stop_adjusted, *left_out),
        raised=raised,
        renamed=tools.renamed or {},
    )


def openai_body(request: PreparedRequest, *, stream: bool) -> dict[str, Any]:
    """The body for ``/chat/completions``. Always requests usage: without it, a stream's cost would be an estimate."""
    messages = [
        {key: value for key, value in message.items() if key != "thinking_blocks"} for message in request.messages
    ]
    streaming = {"stream": True, "stream_options": {"include_usage": True}} if stream else {}
    thinking = reasoning.openai_fields(request.thinking, request.traits)
    return {"model": request.model, "messages": messages, **request.fields, **thinking, **streaming}


def _raise_budget(fields: dict[str, Any], floor: int) -> tuple[int, int] | None:
    """Raise budgets below the floor in place: reasoning uses them first and leaves the answer empty."""
    low = [name for name in _BUDGETS if isinstance(fields.get(name), int) and 0 < fields[name] < floor]
    asked = max((fields[name] for name in low), default=None)
    fields.update(dict.fromkeys(low, floor))
    return None if asked is None else (asked, floor)


def _stop(stop: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Kimi accepts at most 5 stop strings of at most 32 bytes."""
    if stop is None:
        return {}, ()
    asked = [stop] if isinstance(stop, str) else list(stop)
    kept = [text for text in asked if 0 < len(text.encode()) <= _LONGEST_STOP][:_MOST_STOPS]
    if kept == asked:
        return {"stop": stop}, ()
    return ({"stop": kept} if kept else {}), ("stop",)


def _tool_fields(tools: toolbox.KimiTools, fields: dict[str, Any]) -> dict[str, Any]:
    if not tools.tools:
        fields.pop("parallel_tool_calls", None)
        return {}
    choice = {} if tools.choice is None else {"tool_choice": tools.choice}
    return {"tools": list(tools.tools), **choice}


def _format(response_format: Any) -> dict[str, Any]:
    if response_format is None:
        return {}
    wanted = mapping(response_format).get("json_schema")
    if not isinstance(wanted, Mapping) or not isinstance(wanted.get("schema"), Mapping):
        return {"response_format": response_format}
    fitted = {**wanted, "schema": schema.normalise(wanted["schema"])}
    return {"response_format": {**response_format, "json_schema": fitted}}
