"""OpenAI's Responses API: items instead of choices, numbered events instead of chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from pointsman.simulator.answers import Answer, json_answer, stream_answer
from pointsman.simulator.conversation import Prompt, Tool, ToolCall, Turn, new_id, pieces, reply, text_of
from pointsman.simulator.upstream import Received
from pointsman.simulator.wire.encoding import sse

FIELDS = (
    "background", "context_management", "conversation", "include", "input", "instructions", "max_output_tokens",
    "max_tool_calls", "metadata", "model", "moderation", "parallel_tool_calls", "previous_response_id", "prompt",
    "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier",
    "service_tier", "store", "stream", "stream_options", "temperature", "text", "tool_choice", "tools",
    "top_logprobs", "top_p", "truncation", "user",
)  # fmt: skip
CREATED = 1782955817


def prompt_of(body: Mapping[str, Any]) -> Prompt:
    """Reads the prompt from a Responses request."""
    given = body.get("input")
    items = [{"role": "user", "content": given}] if isinstance(given, str) else list(given or [])
    last_user = max((i for i, item in enumerate(items) if item.get("role") == "user"), default=-1)
    results = [
        text_of(item.get("output")) for item in items[last_user + 1 :] if item.get("type") == "function_call_output"
    ]
    sizes = [len(pieces(text_of(item.get("content") or item.get("output")))) for item in items]
    instructions = len(pieces(str(body.get("instructions") or "")))
    tools, must_call = _tools(body)
    return Prompt(
        model=str(body.get("model", "")),
        user=text_of(items[last_user].get("content")) if last_user >= 0 else "",
        tokens=instructions + sum(sizes),
        cached=sum(sizes[:-1]),
        stream=bool(body.get("stream")),
        tool_result="".join(results) if results else None,
        tools=tools,
        must_call=must_call,
        json_schema=_schema(body),
        think=(body.get("reasoning") or {}).get("effort") not in (None, "none"),
        max_tokens=body.get("max_output_tokens"),
    )


def respond(request: Received) -> Answer:
    """Answers `POST /responses`."""
    prompt = prompt_of(request.fields)
    turn = reply(prompt)
    items = _items(turn)
    done = _response(prompt.model, turn, items)
    return stream_answer(_events(done, items)) if prompt.stream else json_answer(done)


def failed_stream(code: str, message: str, *, model: str) -> Answer:
    """Returns the stream of an error after status 200: created, `error`, `response.failed`."""
    started = {**_envelope(model), "status": "in_progress", "output": [], "usage": None}
    failed = {**started, "status": "failed", "error": {"code": code, "message": message}}
    return stream_answer(
        _numbered(
            [
                {"type": "response.created", "response": started},
                {"type": "response.in_progress", "response": started},
                {"type": "error", "code": code, "message": message, "param": None},
                {"type": "response.failed", "response": failed},
            ]
        )
    )


def _items(turn: Turn) -> list[dict[str, Any]]:
    """Returns the output items: reasoning, if any, then the call or the message."""
    items: list[dict[str, Any]] = []
    if turn.reasoning:
        summary = [{"type": "summary_text", "text": turn.reasoning}]
        items.append({"id": new_id("rs_"), "type": "reasoning", "summary": summary})
    if turn.calls:
        return [*items, *map(_function_call, turn.calls)]
    status = "incomplete" if turn.finish == "length" else "completed"
    content = [{"type": "output_text", "text": turn.text, "annotations": [], "logprobs": []}]
    return [
        *items,
        {
            "id": new_id("msg_"),
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": content,
        },
    ]


def _function_call(call: ToolCall) -> dict[str, Any]:
    return {
        "id": new_id("fc_"),
        "type": "function_call",
        "status": "completed",
        "call_id": new_id("call_"),
        "name": call.name,
        "arguments": call.arguments_json,
    }


def _envelope(model: str) -> dict[str, Any]:
    return {
        "id": new_id("resp_"),
        "object": "response",
        "created_at": CREATED,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": model,
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
    }


def _response(model: str, turn: Turn, items: list[dict[str, Any]]) -> dict[str, Any]:
    short = turn.finish == "length"
    usage = turn.usage
    return {
        **_envelope(model),
        "status": "incomplete" if short else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if short else None,
        "output": items,
        "usage": {
            "input_tokens": usage.prompt,
            "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0},
            "output_tokens": usage.completion,
            "output_tokens_details": {"reasoning_tokens": usage.reasoning},
            "total_tokens": usage.prompt + usage.completion,
        },
    }


def _events(done: dict[str, Any], items: list[dict[str, Any]]) -> Iterator[bytes]:
    started = {**done, "status": "in_progress", "incomplete_details": None, "output": [], "usage": None}
    middle = [event for index, item in enumerate(items) for event in _item_events(index, item)]
    return _numbered(
        [
            {"type": "response.created", "response": started},
            {"type": "response.in_progress", "response": started},
            *middle,
            {"type": f"response.{done['status']}", "response": done},
        ]
    )


def _item_events(index: int, item: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Yields the events of one item: added, its parts in pieces, done."""
    emptied: dict[str, dict[str, Any]] = {
        "reasoning": {"summary": []},
        "message": {"content": []},
        "function_call": {"arguments": ""},
    }
    opening = {**item, **emptied[item["type"]], "status": "in_progress"}
    at = {"item_id": item["id"], "output_index": index}
    yield {"type": "response.output_item.added", "output_index": index, "item": opening}
    if item["type"] == "function_call":
        yield from _deltas("response.function_call_arguments", at, "arguments", item["arguments"])
    elif item["type"] == "message":
        yield from _part(
            "response.content_part", "response.output_text", {**at, "content_index": 0}, item["content"][0]
        )
    else:
        summary = {**at, "summary_index": 0}
        yield from _part(
            "response.reasoning_summary_part", "response.reasoning_summary_text", summary, item["summary"][0]
        )
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _part(part_event: str, text_event: str, at: dict[str, Any], part: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield {"type": f"{part_event}.added", **at, "part": {**part, "text": ""}}
    logprobs: dict[str, Any] = {"logprobs": []} if "logprobs" in part else {}
    yield from _deltas(text_event, {**at, **logprobs}, "text", part["text"])
    yield {"type": f"{part_event}.done", **at, "part": part}


def _deltas(event: str, at: dict[str, Any], field: str, text: str) -> Iterable[dict[str, Any]]:
    for piece in pieces(text):
        yield {"type": f"{event}.delta", **at, "delta": piece}
    yield {"type": f"{event}.done", **at, field: text}


def _numbered(events: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for number, event in zip(count(), events, strict=False):
        yield sse({**event, "sequence_number": number}, event=event["type"])


def _tools(body: Mapping[str, Any]) -> tuple[tuple[Tool, ...], bool]:
    tools = tuple(
        Tool(name=str(tool.get("name", "")), schema=tool.get("parameters") or {})
        for tool in body.get("tools") or []
        if tool.get("type") == "function"
    )
    wanted = body.get("tool_choice")
    if isinstance(wanted, dict):
        return tuple(tool for tool in tools if tool.name == wanted.get("name")), "name" in wanted
    return (() if wanted == "none" else tools), wanted == "required"


def _schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    wanted = (body.get("text") or {}).get("format") or {}
    if wanted.get("type") == "json_object":
        return {}
    return (wanted.get("schema") or {}) if wanted.get("type") == "json_schema" else None
