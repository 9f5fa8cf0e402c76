"""Anthropic's Messages API: content blocks, named events, thinking with a signature."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pointsman.simulator.answers import Answer, json_answer, stream_answer
from pointsman.simulator.conversation import Prompt, Tool, Turn, Usage, new_id, pieces, reply, text_of
from pointsman.simulator.upstream import Received, Responder
from pointsman.simulator.wire.encoding import compact, sse

FIELDS = (
    "cache_control", "container", "context_management", "diagnostics", "inference_geo", "max_tokens", "mcp_servers",
    "messages", "metadata", "model", "output_config", "output_format", "service_tier", "speed", "stop_sequences",
    "stream", "system", "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p",
)  # fmt: skip
SIGNATURE = "EqQBCkYIsimulated"
STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}


def anthropic_usage(usage: Usage) -> dict[str, Any]:
    """Returns usage as Anthropic reports it: cached tokens separate from input tokens."""
    return {
        "input_tokens": usage.prompt - usage.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": usage.completion,
        "service_tier": "standard",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one upstream writes Messages."""

    usage: Callable[[Usage], Mapping[str, Any]] = anthropic_usage
    headers: Mapping[str, str] = field(default_factory=dict)


def error_body(kind: str, message: str, **extra: Any) -> dict[str, Any]:
    """Returns an error in Anthropic's shape."""
    return {"type": "error", "error": {"type": kind, "message": message}, **extra}


def prompt_of(body: Mapping[str, Any]) -> Prompt:
    """Reads the prompt from a Messages request. Only content marked with `cache_control` counts as cached."""
    messages = [message for message in body.get("messages", []) if isinstance(message, dict)]
    spoken = [i for i, m in enumerate(messages) if m.get("role") == "user" and not _tool_results(m)]
    last_user = spoken[-1] if spoken else -1
    results = [text for message in messages[last_user + 1 :] for text in _tool_results(message)]
    sizes = [len(pieces(text_of(message.get("content")))) for message in messages]
    system = len(pieces(text_of(body.get("system"))))
    tools, must_call = _tools(body)
    return Prompt(
        model=str(body.get("model", "")),
        user=text_of(messages[last_user].get("content")) if spoken else "",
        tokens=system + sum(sizes),
        cached=system + sum(sizes[:-1]) if "'cache_control'" in repr(body) else 0,
        stream=bool(body.get("stream")),
        tool_result="".join(results) if results else None,
        tools=tools,
        must_call=must_call,
        json_schema=_schema(body),
        think=(body.get("thinking") or {}).get("type") in ("enabled", "adaptive"),
        max_tokens=body.get("max_tokens"),
    )


def responder(dialect: Dialect) -> Responder:
    """Returns the responder for this dialect."""

    def respond(request: Received) -> Answer:
        prompt = prompt_of(request.fields)
        turn = reply(prompt)
        if prompt.stream:
            return stream_answer(_events(prompt, turn, dialect), headers=dialect.headers)
        message = {
            **_envelope(prompt.model),
            "content": _blocks(turn),
            "stop_reason": STOP_REASONS[turn.finish],
            "stop_sequence": None,
            "usage": dialect.usage(turn.usage),
        }
        return json_answer(message, headers=dialect.headers)

    return respond


def count_tokens(request: Received) -> Answer:
    """Answers `POST /messages/count_tokens`."""
    return json_answer({"input_tokens": prompt_of(request.fields).tokens})


def _envelope(model: str) -> dict[str, Any]:
    return {"model": model, "id": new_id("msg_"), "type": "message", "role": "assistant"}


def _blocks(turn: Turn) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if turn.reasoning:
        blocks.append({"type": "thinking", "thinking": turn.reasoning, "signature": SIGNATURE})
    if turn.text:
        blocks.append({"type": "text", "text": turn.text})
    calls = ({"id": new_id("toolu_"), "name": call.name, "input": dict(call.arguments)} for call in turn.calls)
    return blocks + [{"type": "tool_use", **call} for call in calls]


def _events(prompt: Prompt, turn: Turn, dialect: Dialect) -> Iterable[bytes]:
    usage = dialect.usage(turn.usage)
    started: dict[str, Any] = {
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**usage, "output_tokens": 1},
    }
    yield _event("message_start", message={**_envelope(prompt.model), **started})
    for index, block in enumerate(_blocks(turn)):
        yield from _block_events(index, block)
        if index == 0:
            yield _event("ping")
    ended = {"stop_reason": STOP_REASONS[turn.finish], "stop_sequence": None}
    yield _event("message_delta", delta=ended, usage=usage)
    yield _event("message_stop")


def _block_events(index: int, block: Mapping[str, Any]) -> Iterable[bytes]:
    """Yields start, deltas and stop of one block; thinking ends with its signature, and an empty input is omitted."""
    kind = block["type"]
    emptied: dict[str, Any] = {"thinking": {"thinking": "", "signature": ""}, "text": {"text": ""}}
    yield _event("content_block_start", index=index, content_block={**block, **emptied.get(kind, {"input": {}})})
    if kind == "tool_use":
        for piece in ("", *(pieces(compact(block["input"]).decode()) if block["input"] else ())):
            yield _delta(index, "input_json_delta", partial_json=piece)
    else:
        for piece in pieces(block[kind]):
            yield _delta(index, f"{kind}_delta", **{kind: piece})
    if kind == "thinking":
        yield _delta(index, "signature_delta", signature=block["signature"])
    yield _event("content_block_stop", index=index)


def _delta(index: int, kind: str, **content: str) -> bytes:
    return _event("content_block_delta", index=index, delta={"type": kind, **content})


def _event(kind: str, **fields: Any) -> bytes:
    return sse({"type": kind, **fields}, event=kind)


def _tool_results(message: Mapping[str, Any]) -> list[str]:
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    return [text_of(part.get("content")) for part in parts if part.get("type") == "tool_result"]


def _tools(body: Mapping[str, Any]) -> tuple[tuple[Tool, ...], bool]:
    tools = tuple(
        Tool(name=str(tool.get("name", "")), schema=tool.get("input_schema") or {}) for tool in body.get("tools") or []
    )
    wanted = body.get("tool_choice") or {}
    if wanted.get("type") == "tool":
        return tuple(tool for tool in tools if tool.name == wanted.get("name")), True
    return (() if wanted.get("type") == "none" else tools), wanted.get("type") == "any"


def _schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    wanted = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    return (wanted.get("schema") or {}) if wanted.get("type") == "json_schema" else None
