"""Request parameters are dropped, raised to a minimum, or left unchanged."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.kimi.account.catalogue import traits
from custom_providers.kimi.account.systems import KIMI_CODE
from custom_providers.kimi.request import messages_body
from custom_providers.kimi.request.messages_body import UnsupportedContentError
from custom_providers.kimi.request.prepare import openai_body, prepare

USER = {"role": "user", "content": "hi"}
OFF = {"thinking": {"type": "disabled"}}
REDACTED = {"type": "redacted_thinking", "data": "d"}


def prepared(floor: int = 1500, model: str = "k3", messages: Any = (USER,), **params: Any) -> Any:
    """A request to a Kimi Code model."""
    return prepare(model, messages, params, traits=traits(model, KIMI_CODE), floor=floor)


def body(**params: Any) -> dict[str, Any]:
    """The OpenAI body of such a request, without model and messages."""
    sent = openai_body(prepared(**params), stream=False)
    return {name: value for name, value in sent.items() if name not in ("model", "messages")}


@pytest.mark.parametrize(
    ("params", "adjusted"),
    [
        ({"temperature": 1, "top_p": 0.95, "n": 1, "presence_penalty": 0, "frequency_penalty": 0}, ()),
        ({"temperature": 0.6}, ("temperature",)),
        ({"n": 3, "top_k": 5}, ("n", "top_k")),
        ({"web_search_options": {}}, ("web_search_options",)),
        ({"temperature": None, "top_k": None}, ()),
    ],
)
def test_sampling_is_never_sent_and_noted_only_if_it_was_not_kimis_own(
    params: dict[str, Any], adjusted: tuple[str, ...]
):
    """Kimi uses its fixed values in any case."""
    assert body(**params) == {}
    assert prepared(**params).adjusted == adjusted


def test_extra_body_adds_fields_and_replaces_neither_model_nor_messages():
    extra = {"seed": 1, "model": "kimi-k2.6", "messages": [{"role": "user", "content": ""}]}
    sent = openai_body(prepared(extra_body=extra), stream=False)
    assert sent == {"model": "k3", "messages": [USER], "seed": 1}


@pytest.mark.parametrize(
    ("asked", "floor", "sent", "raised"),
    [
        ({"max_tokens": 10}, 1500, {"max_tokens": 1500}, (10, 1500)),
        ({"max_completion_tokens": 10}, 1500, {"max_completion_tokens": 1500}, (10, 1500)),
        ({"max_tokens": 1500}, 1500, {"max_tokens": 1500}, None),
        ({"max_tokens": 10}, 0, {"max_tokens": 10}, None),
        ({"max_tokens": -1}, 1500, {"max_tokens": -1}, None),
        ({}, 1500, {}, None),
        # Without thinking, all of the budget is left for text.
        ({"max_tokens": 10, **OFF}, 1500, {"max_tokens": 10, **OFF}, None),
    ],
)
def test_a_budget_under_the_floor_is_raised(asked: Any, floor: int, sent: Any, raised: Any):
    """The change is recorded for the header; other budgets are unchanged."""
    assert body(floor=floor, **asked) == sent
    assert prepared(floor=floor, **asked).raised == raised


@pytest.mark.parametrize(
    ("stop", "sent", "adjusted"),
    [
        ("END", {"stop": "END"}, ()),
        (["a", "b"], {"stop": ["a", "b"]}, ()),
        (list("abcdef"), {"stop": list("abcde")}, ("stop",)),
        (["é" * 17], {}, ("stop",)),
        ([], {"stop": []}, ()),
    ],
)
def test_stop_strings_are_cut_to_what_kimi_takes(stop: Any, sent: dict[str, Any], adjusted: tuple[str, ...]):
    """Kimi accepts five, of at most 32 bytes."""
    assert body(stop=stop) == sent
    assert prepared(stop=stop).adjusted == adjusted


def test_what_kimi_takes_is_left_alone():
    """Unknown parameters too, so that new ones of Kimi work immediately."""
    params = {"prompt_cache_key": "s", "seed": 1, "response_format": {"type": "json_object"}, "new_thing": {"a": 1}}
    assert body(**params) == params


def test_what_belongs_to_litellm_is_not_sent():
    """LiteLLM's own parameters are removed, and the contents of an SDK's extra_body are sent."""
    params = {"max_retries": 0, "stream": True, "stream_options": {}, "extra_headers": {}, "extra_body": {"seed": 1}}
    assert body(**params) == {"seed": 1}


def test_a_json_schema_is_fitted_too():
    """It must be MFJS, like tool schemas."""
    schema = {"$schema": "x", "properties": {"a": {"enum": ["b"]}}}
    sent = body(response_format={"type": "json_schema", "json_schema": {"name": "n", "schema": schema}})
    fitted = {"type": "object", "properties": {"a": {"type": "string", "enum": ["b"]}}}
    assert sent["response_format"]["json_schema"] == {"name": "n", "schema": fitted}


def test_the_anthropic_body_has_a_budget_of_its_own():
    """The protocol requires one: the model's limit, up to K3's documented default."""
    assert messages_body.body(prepared(), stream=False)["max_tokens"] == 131_072
    assert messages_body.body(prepared(model="kimi-for-coding"), stream=False)["max_tokens"] == 32_768


def test_what_the_anthropic_wire_cannot_carry_is_said():
    """Parameters without an equivalent and built-in tools are reported, and JSON mode, which becomes an instruction."""
    builtin = {"type": "builtin_function", "function": {"name": "$web_search"}}
    asked = prepared(seed=1, user="u", tools=[builtin], response_format={"type": "json_object"})
    assert messages_body.left_out(asked) == ("seed", "tools", "response_format")
    sent = messages_body.body(asked, stream=False)
    assert sent["system"] == "Answer with one JSON object and nothing else."
    assert sent["metadata"] == {"user_id": "u"}
    assert "tools" not in sent


def test_one_call_at_a_time_travels_in_the_choice():
    """In Anthropic's protocol, this setting is part of tool_choice."""
    tool = {"type": "function", "function": {"name": "f"}}
    sent = messages_body.body(prepared(tools=[tool], parallel_tool_calls=False), stream=False)
    assert sent["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
    assert sent["tools"] == [{"name": "f", "input_schema": {"type": "object", "properties": {}}}]


def test_turns_alternate_on_the_anthropic_wire():
    """Consecutive messages of one side become one turn, system messages one text, and ids match Anthropic's pattern."""
    call = {"id": "functions.f:0", "type": "function", "function": {"name": "f", "arguments": "not json"}}
    messages = [
        {"role": "system", "content": "a"},
        {"role": "user", "content": "b"},
        {"role": "assistant", "tool_calls": [call], "reasoning_content": "r"},
        {"role": "tool", "tool_call_id": "functions.f:0", "content": "c"},
        {"role": "system", "content": [{"type": "text", "text": "d"}]},
        {"role": "user", "content": "e"},
    ]
    sent = messages_body.body(prepared(messages=messages), stream=False)
    assert sent["system"] == "a\n\nd"
    assert [turn["role"] for turn in sent["messages"]] == ["user", "assistant", "user"]
    thought, use = sent["messages"][1]["content"]
    result, question = sent["messages"][2]["content"]
    assert thought == {"type": "thinking", "thinking": "r", "signature": ""}
    assert use == {"type": "tool_use", "id": "functions_f_0", "name": "f", "input": {"arguments": "not json"}}
    assert (result["tool_use_id"], question) == ("functions_f_0", {"type": "text", "text": "e"})


@pytest.mark.parametrize(
    ("message", "thoughts"),
    [
        ({"thinking_blocks": [{"type": "thinking", "thinking": "t", "signature": "s"}]},
         [{"type": "thinking", "thinking": "t", "signature": "s"}]),
        # After a stream, the client has the text in one field and the signature in the other.
        ({"thinking_blocks": [{"type": "thinking", "thinking": "", "signature": "s"}], "reasoning_content": "t"},
         [{"type": "thinking", "thinking": "t", "signature": "s"}]),
        ({"thinking_blocks": [REDACTED]}, [REDACTED]),
        ({"reasoning_content": "t"}, [{"type": "thinking", "thinking": "t", "signature": ""}]),
        ({}, []),
    ],
)  # fmt: skip
def test_thinking_travels_with_its_signature(message: dict[str, Any], thoughts: list[Any]):
    """Works with any part of it that the client kept."""
    said = {"role": "assistant", "content": "x", **message}
    (turn,) = messages_body.body(prepared(messages=[said]), stream=False)["messages"]
    assert turn["content"] == [*thoughts, {"type": "text", "text": "x"}]


def test_a_part_that_cannot_travel_is_named():
    """It is not silently dropped."""
    video = {"role": "user", "content": [{"type": "video_url", "video_url": {"url": "ms://1"}}]}
    with pytest.raises(UnsupportedContentError, match=r'"video_url".*protocol = "openai"'):
        messages_body.body(prepared(messages=[video]), stream=False)
