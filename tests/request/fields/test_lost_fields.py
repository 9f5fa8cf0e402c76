"""Compares the client's request with the request as sent, and finds lost fields under the names of every API."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.request.fields.lost_fields import lost

USER = {"role": "user", "content": "hi"}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
MARK = {"cache_control": {"type": "ephemeral"}}
THOUGHT = {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": ""}]}
STRICT = {"type": "function", "name": "f", "strict": True}
SEALED = {"role": "assistant", "content": [{"type": "redacted_thinking", "data": "x"}]}
IMAGE = {"url": "data:image/png;base64,AA==", "detail": "low"}
SEEN = {"role": "user", "content": [{"type": "image_url", "image_url": IMAGE}]}

ARRIVED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"max_completion_tokens": 5}, {"max_tokens": 5}),
    ({"max_output_tokens": 5}, {"generationConfig": {"maxOutputTokens": 5}}),
    ({"stop": "x"}, {"stop_sequences": ["x"]}),
    ({"stop": ["x"]}, {"options": {"stop": ["x"]}}),
    ({"reasoning_effort": "high"}, {"thinking": {"type": "enabled", "budget_tokens": 4096}}),
    ({"thinking": {"type": "enabled", "budget_tokens": 9}}, {"reasoning_effort": "low"}),
    ({"reasoning": {"effort": "low", "summary": "auto"}}, {"reasoning_effort": "low"}),
    ({"output_config": {"effort": "low"}}, {"reasoning": {"effort": "low"}}),
    ({"reasoning_effort": "none"}, {"think": False}),
    ({"response_format": {"type": "json_object"}}, {"format": "json"}),
    ({"text": {"format": {"type": "json_schema", "schema": {}}}}, {"response_format": {"type": "json_schema"}}),
    ({"metadata": {"user_id": "me"}}, {"user": "me"}),
    ({"user": "me"}, {"metadata": {"user_id": "me"}}),
    ({"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}, {"parallel_tool_calls": False}),
    ({"parallel_tool_calls": False}, {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}),
    ({"tools": [TOOL]}, {"tools": [{"functionDeclarations": [{"name": "f"}]}]}),
    ({"tools": [{"type": "namespace", "name": "n", "tools": [{"type": "function", "name": "f"}]}]}, {"tools": [TOOL]}),
    ({"dimensions": 4}, {"requests": [{"outputDimensionality": 4}]}),
    ({"top_p": 0.5, "top_k": 3}, {"generationConfig": {"topP": 0.5, "topK": 3}}),
    ({"extra_body": {"seed": 1}}, {"seed": 1}),
    ({"messages": [{**USER, "content": [{"type": "text", "text": "x", **MARK}]}]}, {"system": [MARK]}),
    ({"messages": [THOUGHT]}, {"messages": [{"role": "assistant", "reasoning_content": "hm"}]}),
    ({"input": [{"type": "reasoning", "summary": [{"text": "hm"}]}]}, {"messages": [{"thinking": "hm"}]}),
    ({"messages": [THOUGHT]}, {"contents": [{"role": "model", "parts": [{"thought": True, "text": "hm"}]}]}),
    ({"messages": [SEEN]}, {"contents": [{"role": "user", "parts": [{"media_resolution": {"level": "LOW"}}]}]}),
    ({"input": [{"role": "user", "content": [{"type": "input_image", "detail": "low"}]}]}, {"messages": [SEEN]}),
    ({"messages": [SEALED]}, {"messages": [SEALED]}),
    ({"tools": [STRICT]}, {"tools": [{"type": "function", "function": {"name": "f", "strict": True}}]}),
    ({"messages": [{"role": "tool", "name": "f", "content": "x"}]}, {"messages": [USER]}),
]
"""Fields with another name and the same meaning."""

NOTHING_ASKED: list[dict[str, Any]] = [
    {"n": 1, "parallel_tool_calls": True, "tool_choice": "auto", "response_format": {"type": "text"}},
    {"stream": True, "stream_options": {"include_usage": True}, "timeout": 5, "num_retries": 1, "tags": ["a"]},
    {"store": False, "truncation": "disabled", "service_tier": "auto", "background": False, "logprobs": False},
    {"text": {"format": {"type": "text"}, "verbosity": "medium"}, "include": [], "metadata": {}, "tools": []},
    {"seed": None, "stop": None, "user": ""},
    {"tools": [TOOL], "tool_choice": "none"},
    {"tools": [STRICT], "tool_choice": "none"},
    {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {**IMAGE, "detail": "auto"}}]}]},
    {"metadata": {"user_api_key_hash": "88dc", "requester_metadata": {"headers": {"a": "b"}}}},
]
"""Fields that request the default, or that are for the proxy."""

MISSING: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"dimensions": 256}, {"input": "x"}, "dimensions"),
    ({"thinking": {"type": "enabled", "keep": "all"}}, {"reasoning_effort": "high"}, "thinking.keep"),
    ({"thinking": {"type": "adaptive"}}, {}, "thinking"),
    ({"output_config": {"effort": "max"}}, {"reasoning_effort": "high"}, "output_config.effort"),
    ({"reasoning": {"effort": "xhigh"}}, {"reasoning_effort": "high"}, "reasoning.effort"),
    ({"reasoning_effort": "high"}, {"reasoning_effort": "low"}, "reasoning_effort"),
    ({"temperature": 1.5}, {"temperature": 1.0}, "temperature"),
    ({"max_tokens": 5}, {"options": {"num_predict": 16}}, "max_tokens"),
    ({"tool_choice": "required", "tools": [TOOL]}, {"tools": [TOOL]}, "tool_choice"),
    ({"tools": [TOOL, {"type": "web_search_20250305", "name": "web_search"}]}, {"tools": [TOOL]}, "tools"),
    ({"n": 3}, {}, "n"),
    ({"store": True}, {}, "store"),
    ({"background": True}, {}, "background"),
    ({"metadata": {"team": "a"}}, {}, "metadata"),
    ({"metadata": {"user_api_key_hash": "88dc", "requester_metadata": {"a": "b"}}}, {}, "metadata"),
    ({"metadata": {"user_id": "me"}}, {}, "metadata.user_id"),
    ({"system": [{"type": "text", "text": "x", **MARK}]}, {"messages": [USER]}, "cache_control"),
    ({"tools": [{"name": "f", **MARK}]}, {"tools": [TOOL]}, "cache_control"),
    ({"messages": [THOUGHT]}, {"messages": [USER]}, "thinking"),
    ({"nobody_knows": 1}, {}, "nobody_knows"),
    ({"messages": [{**USER, "name": "Ann"}]}, {"messages": [USER]}, "messages.name"),
    ({"messages": [{**USER, "name": "Ann"}]}, {"contents": [{"role": "user", "parts": []}]}, "messages.name"),
    ({"messages": [SEEN]}, {"messages": [USER]}, "detail"),
    ({"input": [{"role": "user", "content": [{"type": "input_image", "detail": "low"}]}]}, {"messages": []}, "detail"),
    ({"input": [{"type": "reasoning", "summary": [], "encrypted_content": "x"}]}, {"messages": [USER]}, "thinking"),
    ({"messages": [SEALED]}, {"messages": [USER]}, "content.redacted_thinking"),
    ({"tools": [{**TOOL, "strict": True}]}, {"tools": [TOOL]}, "tools.strict"),
    ({"tools": [STRICT]}, {"tools": [{"function_declarations": [{"name": "f"}]}]}, "tools.strict"),
    ({"tools": [{"name": "f", "input_schema": {}, "defer_loading": True}]}, {"tools": [TOOL]}, "tools.defer_loading"),
    *(
        ({name: value}, {}, name)
        for name, value in {
            "seed": 1, "top_k": 4, "logit_bias": {"5": 1}, "logprobs": True, "top_logprobs": 2, "stop": ["x"],
            "response_format": {"type": "json_object"}, "parallel_tool_calls": False, "service_tier": "priority",
            "user": "me", "include": ["reasoning.encrypted_content"], "truncation": "auto", "prompt_cache_key": "a",
            "modalities": ["text", "audio"], "audio": {"voice": "alloy"}, "prediction": {"type": "content"},
            "web_search_options": {"search_context_size": "low"}, "stop_sequences": ["x"], "container": "c",
            "mcp_servers": [{"type": "url"}], "context_management": {"edits": []}, "betas": ["b"], "verbosity": "low",
            "safety_identifier": "s", "max_tool_calls": 3,
        }.items()
    ),
]  # fmt: skip
"""Fields that did not arrive, or not as requested."""


@pytest.mark.parametrize(("written", "sent"), ARRIVED, ids=str)
def test_a_field_under_another_name_has_arrived(written: dict[str, Any], sent: dict[str, Any]):
    assert lost(written, sent) == ()


@pytest.mark.parametrize("written", NOTHING_ASKED, ids=str)
def test_a_field_that_asks_for_nothing_is_not_missed(written: dict[str, Any]):
    assert lost(written, {"model": "m", "messages": []}) == ()


@pytest.mark.parametrize(("written", "sent", "named"), MISSING, ids=str)
def test_what_did_not_arrive_as_it_was_written_is_named(written: dict[str, Any], sent: dict[str, Any], named: str):
    assert lost(written, sent) == (named,)


def test_a_caller_that_knows_better_settles_a_field_under_all_its_names():
    assert lost({"reasoning": {"effort": "low"}, "seed": 1}, {}, frozenset({"reasoning_effort"})) == ("seed",)
