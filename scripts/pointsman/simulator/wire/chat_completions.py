"""OpenAI's Chat Completions; a Dialect describes how a compatible API differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pointsman.simulator.answers import Answer, json_answer, stream_answer
from pointsman.simulator.conversation import Prompt, Tool, ToolCall, Turn, Usage, new_id, pieces, reply, text_of
from pointsman.simulator.upstream import Received, Responder
from pointsman.simulator.wire.encoding import SSE_DONE, sse

CREATED = 1782955817


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The input of a dialect for the end of a stream."""

    finish: str
    usage: Mapping[str, Any]
    usage_asked: bool
    """Whether the request has `stream_options.include_usage`."""
    chunk: Callable[..., dict[str, Any]]
    """`chunk(choices, **extra)` makes a chunk with these choices in the envelope."""


def openai_usage(usage: Usage) -> dict[str, Any]:
    """Returns usage as OpenAI reports it."""
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def plain_usage(usage: Usage) -> dict[str, Any]:
    """Returns usage as the simplest compatible APIs report it."""
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
    }


def openai_ending(ending: Ending) -> list[dict[str, Any]]:
    """Sends the finish reason, then, only if requested, usage in a chunk without choices."""
    last = [ending.chunk([choice({}, finish=ending.finish)])]
    return [*last, ending.chunk([], usage=ending.usage)] if ending.usage_asked else last


def asks_for_effort(body: Mapping[str, Any]) -> bool:
    """Returns whether `reasoning_effort` requests reasoning."""
    return body.get("reasoning_effort") not in (None, "none")


def no_reasoning(text: str) -> dict[str, Any]:
    """Omits the reasoning, as OpenAI does."""
    return {}


def reasoning_content(text: str) -> dict[str, Any]:
    """Puts the reasoning into the field of DeepSeek, Moonshot and most others."""
    return {"reasoning_content": text}


def reasoning(text: str) -> dict[str, Any]:
    """Puts the reasoning into the field of Ollama's `/v1`."""
    return {"reasoning": text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one upstream writes Chat Completions."""

    id_prefix: str = "chatcmpl-"
    call_prefix: str = "call_"
    envelope: Mapping[str, Any] = field(default_factory=dict)
    """Additional fields in every answer and chunk."""
    headers: Mapping[str, str] = field(default_factory=dict)
    thinks: Callable[[Mapping[str, Any]], bool] = asks_for_effort
    reasoning: Callable[[str], Mapping[str, Any]] = no_reasoning
    usage: Callable[[Usage], Mapping[str, Any]] = openai_usage
    ending: Callable[[Ending], list[dict[str, Any]]] = openai_ending
    prelude: bytes = b""
    """Sent before the first chunk of a stream."""
    writes_empty_arguments: bool = False
    """Whether a streamed call without arguments has `{}`; at Kimi and others it has only its first chunk."""
    announces_usage: bool = False
    """Whether chunks have `usage: null` until usage is known, if it was requested."""


def prompt_of(body: Mapping[str, Any], *, think: bool) -> Prompt:
    """Reads the prompt from a Chat Completions request."""
    messages = [message for message in body.get("messages", []) if isinstance(message, dict)]
    user, result = last_turn(messages)
    sizes = [len(pieces(text_of(message.get("content")))) for message in messages]
    tools, must_call = _tools(body)
    return Prompt(
        model=str(body.get("model", "")),
        user=user,
        tokens=sum(sizes),
        cached=sum(sizes[:-1]),
        stream=bool(body.get("stream")),
        tool_result=result,
        tools=tools,
        must_call=must_call,
        json_schema=_schema(body.get("response_format")),
        think=think,
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
    )


def last_turn(messages: Sequence[Mapping[str, Any]]) -> tuple[str, str | None]:
    """The user's last message, and the tools' answers since then, joined; None if there are none."""
    last_user = max((i for i, m in enumerate(messages) if m.get("role") == "user"), default=-1)
    results = [text_of(m.get("content")) for m in messages[last_user + 1 :] if m.get("role") == "tool"]
    user = text_of(messages[last_user].get("content")) if last_user >= 0 else ""
    return user, "".join(results) if results else None


def responder(dialect: Dialect) -> Responder:
    """Returns the responder for this dialect."""

    def respond(request: Received) -> Answer:
        prompt = prompt_of(request.fields, think=dialect.thinks(request.fields))
        turn = reply(prompt)
        if not prompt.stream:
            return json_answer(completion(prompt, turn, dialect), headers=dialect.headers)
        usage_asked = bool((request.fields.get("stream_options") or {}).get("include_usage"))
        return stream_answer(events(prompt, turn, dialect, usage_asked=usage_asked), headers=dialect.headers)

    return respond


def completion(prompt: Prompt, turn: Turn, dialect: Dialect) -> dict[str, Any]:
    """Returns the answer without streaming."""
    message: dict[str, Any] = {"role": "assistant", "content": None if turn.calls else turn.text}
    if turn.reasoning:
        message |= dialect.reasoning(turn.reasoning)
    if turn.calls:
        message["tool_calls"] = [_call(call, new_id(dialect.call_prefix)) for call in turn.calls]
    return {
        "id": new_id(dialect.id_prefix),
        "object": "chat.completion",
        "created": CREATED,
        "model": prompt.model,
        **dialect.envelope,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": turn.finish}],
        "usage": dialect.usage(turn.usage),
    }


def events(prompt: Prompt, turn: Turn, dialect: Dialect, *, usage_asked: bool) -> Iterable[bytes]:
    """Yields the answer as server-sent events: role, reasoning, text or tool call, ending, `[DONE]`."""
    envelope = {
        "id": new_id(dialect.id_prefix),
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": prompt.model,
        **dialect.envelope,
    }
    pending = {"usage": None} if dialect.announces_usage and usage_asked else {}

    def chunk(choices: list[dict[str, Any]], **extra: Any) -> dict[str, Any]:
        return {**envelope, "choices": choices, **pending, **extra}

    if dialect.prelude:
        yield dialect.prelude
    for delta in _deltas(turn, dialect):
        yield sse(chunk([choice(delta)]))
    ending = Ending(finish=turn.finish, usage=dialect.usage(turn.usage), usage_asked=usage_asked, chunk=chunk)
    for last in dialect.ending(ending):
        yield sse(last)
    yield SSE_DONE


def choice(delta: Mapping[str, Any], *, finish: str | None = None, **extra: Any) -> dict[str, Any]:
    """Returns the one choice of a chunk."""
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish, **extra}


def _deltas(turn: Turn, dialect: Dialect) -> Iterable[Mapping[str, Any]]:
    yield {"role": "assistant", "content": ""}
    for piece in pieces(turn.reasoning):
        if shown := dialect.reasoning(piece):
            yield shown
    for piece in pieces(turn.text):
        yield {"content": piece}
    for index, call in enumerate(turn.calls):
        opening = _call(call, new_id(dialect.call_prefix))
        yield {"tool_calls": [{"index": index, **opening, "function": {"name": call.name, "arguments": ""}}]}
        arguments = call.arguments_json if call.arguments or dialect.writes_empty_arguments else ""
        half = len(arguments) // 2
        for part in filter(None, (arguments[:half], arguments[half:])):
            yield {"tool_calls": [{"index": index, "function": {"arguments": part}}]}


def _call(tool: ToolCall, call_id: str) -> dict[str, Any]:
    function = {"name": tool.name, "arguments": tool.arguments_json}
    return {"id": call_id, "type": "function", "function": function}


def _tools(body: Mapping[str, Any]) -> tuple[tuple[Tool, ...], bool]:
    """Returns the tools that may be called, and whether the request requires a call."""
    functions = [tool.get("function") or {} for tool in body.get("tools") or []]
    tools = tuple(
        Tool(name=str(function.get("name", "")), schema=function.get("parameters") or {}) for function in functions
    )
    wanted = body.get("tool_choice")
    if isinstance(wanted, dict):
        named = (wanted.get("function") or {}).get("name")
        return tuple(tool for tool in tools if tool.name == named), True
    return (() if wanted == "none" else tools), wanted == "required"


def _schema(response_format: Any) -> Mapping[str, Any] | None:
    kind = (response_format or {}).get("type")
    if kind == "json_object":
        return {}
    return (response_format["json_schema"].get("schema") or {}) if kind == "json_schema" else None
