"""A table of requests: the body of each client, and the body that Kimi must receive over each protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Body = Mapping[str, Any]

SIGNATURE = "c2lnbmVk"
DATA_URL = "data:image/png;base64,iVBORw0KGgo="


@dataclass(frozen=True, kw_only=True)
class Case:
    """One request. The test adds model and stream to the bodies; None: that client has no such request."""

    chat: Body
    messages: Body | None = None
    responses: Body | None = None
    openai: Body
    """The body at ``/chat/completions``."""
    anthropic: Body
    """The body at ``/v1/messages``, unsigned; the test inserts the Messages client's signature."""
    adjusted: str = ""
    """The header that reports changes, for the chat client on the OpenAI protocol."""
    model: str = "k3"


def text(said: str) -> dict[str, Any]:
    """A text block."""
    return {"type": "text", "text": said}


def user(said: str) -> dict[str, Any]:
    """A user turn over the Anthropic protocol."""
    return {"role": "user", "content": [text(said)]}


CITY = {"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}}, "$schema": "http://json-schema.org/x"}
CITY_MFJS = {"type": "object", "properties": {"city": {"type": "string", "enum": ["Paris", "Rome"]}}}
PLAIN = {"type": "object", "properties": {"path": {"type": "string"}}}


def function(name: str, schema: Body) -> dict[str, Any]:
    """A tool in the format of OpenAI's Chat Completions."""
    return {"type": "function", "function": {"name": name, "description": "d", "parameters": schema, "strict": False}}


def tool(name: str, schema: Body) -> dict[str, Any]:
    """A tool in Anthropic's format; with ``strict`` only where LiteLLM's adapters add it."""
    return {"name": name, "description": "d", "input_schema": schema}


def response_tool(name: str, schema: Body) -> dict[str, Any]:
    """A tool in the format of OpenAI's Responses."""
    return {"type": "function", "name": name, "description": "d", "parameters": schema, "strict": False}


ASK = [{"role": "user", "content": "Read a."}]
CALL = {"id": "call_1", "type": "function", "function": {"name": "read", "arguments": '{"path":"a"}'}}
USE = {"type": "tool_use", "id": "call_1", "name": "read", "input": {"path": "a"}}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "A"}
TOOL_RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "A"}]}


def spaced(call: Body) -> dict[str, Any]:
    """A tool call whose arguments have a space, as LiteLLM's Anthropic adapter writes them."""
    return {**call, "function": {**call["function"], "arguments": '{"path": "a"}'}}


CASES: Mapping[str, Case] = {
    "simple": Case(
        chat={
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say hi."}],
            "max_tokens": 2000,
        },
        messages={"system": "Be brief.", "messages": [{"role": "user", "content": "Say hi."}], "max_tokens": 2000},
        responses={"instructions": "Be brief.", "input": "Say hi.", "max_output_tokens": 2000},
        openai={
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say hi."}],
            "max_tokens": 2000,
        },
        anthropic={"system": "Be brief.", "messages": [user("Say hi.")], "max_tokens": 2000},
    ),
    "ten token probe": Case(
        chat={"messages": [{"role": "user", "content": "ping"}], "max_tokens": 10},
        messages={"messages": [{"role": "user", "content": "ping"}], "max_tokens": 10},
        responses={"input": "ping", "max_output_tokens": 10},
        openai={"messages": [{"role": "user", "content": "ping"}], "max_tokens": 1500},
        anthropic={"messages": [user("ping")], "max_tokens": 1500},
    ),
    "sampling": Case(
        chat={
            "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 2000,
            "temperature": 0.2,
            "top_p": 0.5,
            "n": 1,
            "presence_penalty": 0.1,
            "frequency_penalty": 0.1,
        },
        messages={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 2000, "temperature": 0.2, "top_k": 5},
        responses={"input": "hi", "max_output_tokens": 2000, "temperature": 0.2, "top_p": 0.5},
        openai={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 2000},
        anthropic={"messages": [user("hi")], "max_tokens": 2000},
        adjusted="temperature, top_p, presence_penalty, frequency_penalty",
    ),
    "effort": Case(
        chat={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 2000, "reasoning_effort": "high"},
        messages={
            "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 2000,
            "thinking": {"type": "adaptive"},
            "output_config": {"effort": "high"},
        },
        responses={"input": "hi", "max_output_tokens": 2000, "reasoning": {"effort": "high", "summary": "auto"}},
        openai={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 2000, "reasoning_effort": "high"},
        anthropic={
            "messages": [user("hi")],
            "max_tokens": 2000,
            "thinking": {"type": "adaptive"},
            "output_config": {"effort": "high"},
        },
    ),
    "thinking off": Case(
        chat={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 10, "reasoning_effort": "none"},
        messages={
            "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 10,
            "thinking": {"type": "disabled"},
        },
        responses={"input": "hi", "max_output_tokens": 10, "reasoning": {"effort": "none"}},
        openai={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 10, "thinking": {"type": "disabled"}},
        anthropic={"messages": [user("hi")], "max_tokens": 10, "thinking": {"type": "disabled"}},
    ),
    "tools": Case(
        chat={
            "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 2000,
            "tools": [function("get", CITY), function("get", PLAIN)],
            "tool_choice": "auto",
        },
        messages={
            "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 2000,
            "tools": [{**tool("get", CITY), "strict": False}, {**tool("get", PLAIN), "strict": False}],
            "tool_choice": {"type": "auto"},
        },
        responses={
            "input": "hi",
            "max_output_tokens": 2000,
            "tools": [response_tool("get", CITY), response_tool("get", PLAIN)],
            "tool_choice": "auto",
        },
        openai={
            "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 2000,
            "tools": [function("get", CITY_MFJS)],
            "tool_choice": "auto",
        },
        anthropic={
            "messages": [user("hi")],
            "max_tokens": 2000,
            "tools": [tool("get", CITY_MFJS)],
            "tool_choice": {"type": "auto"},
        },
        adjusted="tools",
    ),
    "named tool": Case(
        chat={
            "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 2000,
            "tools": [function("get", PLAIN), function("put", PLAIN)],
            "tool_choice": {"type": "function", "function": {"name": "put"}},
        },
        messages={
            "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 2000,
            "tools": [{**tool("get", PLAIN), "strict": False}, {**tool("put", PLAIN), "strict": False}],
            "tool_choice": {"type": "tool", "name": "put"},
        },
        responses={
            "input": "hi",
            "max_output_tokens": 2000,
            "tools": [response_tool("get", PLAIN), response_tool("put", PLAIN)],
            "tool_choice": {"type": "function", "name": "put"},
        },
        openai={
            "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 2000,
            "tools": [function("put", PLAIN)],
            "tool_choice": "required",
        },
        anthropic={
            "messages": [user("hi")],
            "max_tokens": 2000,
            "tools": [tool("put", PLAIN)],
            "tool_choice": {"type": "any"},
        },
        adjusted="tool_choice",
    ),
    "tool turn": Case(
        chat={
            "messages": [*ASK, {"role": "assistant", "reasoning_content": "Hm.", "tool_calls": [spaced(CALL)]}, RESULT],
            "max_tokens": 2000,
        },
        messages={
            "messages": [
                {"role": "user", "content": "Read a."},
                {
                    "role": "assistant",
                    "content": [{"type": "thinking", "thinking": "Hm.", "signature": SIGNATURE}, USE],
                },
                TOOL_RESULT,
            ],
            "max_tokens": 2000,
        },
        responses={
            "input": [
                {"role": "user", "content": "Read a."},
                {
                    "type": "reasoning",
                    "id": "rs_1",
                    "summary": [],
                    "content": [{"type": "reasoning_text", "text": "Hm."}],
                },
                {"type": "function_call", "call_id": "call_1", "name": "read", "arguments": '{"path": "a"}'},
                {"type": "function_call_output", "call_id": "call_1", "output": "A"},
            ],
            "max_output_tokens": 2000,
        },
        openai={
            "messages": [*ASK, {"role": "assistant", "tool_calls": [spaced(CALL)], "reasoning_content": "Hm."}, RESULT],
            "max_tokens": 2000,
        },
        anthropic={
            "messages": [
                user("Read a."),
                {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm.", "signature": ""}, USE]},
                TOOL_RESULT,
            ],
            "max_tokens": 2000,
        },
    ),
    "lost reasoning": Case(
        chat={
            "messages": [
                *ASK,
                {"role": "assistant", "content": [{"type": "text", "text": ""}], "tool_calls": [spaced(CALL)]},
                RESULT,
            ],
            "max_tokens": 2000,
        },
        messages={
            "messages": [
                {"role": "user", "content": "Read a."},
                {"role": "assistant", "content": [USE]},
                TOOL_RESULT,
            ],
            "max_tokens": 2000,
        },
        responses={
            "input": [
                {"role": "user", "content": "Read a."},
                {"type": "function_call", "call_id": "call_1", "name": "read", "arguments": '{"path": "a"}'},
                {"type": "function_call_output", "call_id": "call_1", "output": "A"},
            ],
            "max_output_tokens": 2000,
        },
        openai={
            "messages": [*ASK, {"role": "assistant", "tool_calls": [spaced(CALL)], "reasoning_content": " "}, RESULT],
            "max_tokens": 2000,
        },
        anthropic={
            "messages": [
                user("Read a."),
                {"role": "assistant", "content": [{"type": "thinking", "thinking": " ", "signature": ""}, USE]},
                TOOL_RESULT,
            ],
            "max_tokens": 2000,
        },
    ),
    "image": Case(
        chat={
            "messages": [
                {"role": "user", "content": [text("What?"), {"type": "image_url", "image_url": {"url": DATA_URL}}]}
            ],
            "max_tokens": 2000,
        },
        messages={
            "messages": [
                {
                    "role": "user",
                    "content": [
                        text("What?"),
                        {
                            "type": "image",
                            "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="},
                        },
                    ],
                }
            ],
            "max_tokens": 2000,
        },
        openai={
            "messages": [
                {"role": "user", "content": [text("What?"), {"type": "image_url", "image_url": {"url": DATA_URL}}]}
            ],
            "max_tokens": 2000,
        },
        anthropic={
            "messages": [
                {
                    "role": "user",
                    "content": [
                        text("What?"),
                        {
                            "type": "image",
                            "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="},
                        },
                    ],
                }
            ],
            "max_tokens": 2000,
        },
    ),
    "stop": Case(
        chat={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 2000, "stop": ["END", "x" * 33]},
        messages={
            "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 2000,
            "stop_sequences": ["END", "x" * 33],
        },
        openai={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 2000, "stop": ["END"]},
        anthropic={"messages": [user("hi")], "max_tokens": 2000, "stop_sequences": ["END"]},
        adjusted="stop",
    ),
    "left alone": Case(
        chat={
            "messages": [
                {"role": "user", "content": "Write."},
                {"role": "assistant", "content": "Once", "partial": True},
            ],
            "max_tokens": 2000,
            "prompt_cache_key": "session-1",
            "seed": 7,
        },
        openai={
            "messages": [
                {"role": "user", "content": "Write."},
                {"role": "assistant", "content": "Once", "partial": True},
            ],
            "max_tokens": 2000,
            "prompt_cache_key": "session-1",
            "seed": 7,
        },
        anthropic={
            "messages": [user("Write."), {"role": "assistant", "content": [text("Once")]}],
            "max_tokens": 2000,
        },
    ),
    "always thinking": Case(
        chat={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 10, "reasoning_effort": "none"},
        messages={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 10, "thinking": {"type": "disabled"}},
        openai={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 1500},
        anthropic={"messages": [user("hi")], "max_tokens": 1500},
        adjusted="reasoning_effort",
        model="k3.1-pro",
    ),
}
