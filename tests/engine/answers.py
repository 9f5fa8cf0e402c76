"""A client's view of a response in each of the three protocols, with or without streaming."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

PATHS = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}
_FUNCTION = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """The message, independent of its protocol."""

    text: str = ""
    thought: str = ""
    calls: tuple[tuple[str, Any], ...] = ()
    """The names and parsed arguments of the tool calls, in order."""
    ids: tuple[str, ...] = field(default=(), compare=False)
    """The ids of the tool calls."""
    end: str = ""
    prompt: int = 0
    completion: int = 0


def request(protocol: str, model: str, prompt: str, *, stream: bool, tools: bool = False) -> dict[str, Any]:
    """Returns a request body."""
    body: dict[str, Any] = {"model": model, "stream": stream}
    if protocol == "responses":
        return body | {"input": prompt} | ({"tools": [{"type": "function", **_FUNCTION}]} if tools else {})
    body["messages"] = [{"role": "user", "content": prompt}]
    if protocol == "messages":
        schema = {"name": _FUNCTION["name"], "input_schema": _FUNCTION["parameters"]}
        return body | {"max_tokens": 4000} | ({"tools": [schema]} if tools else {})
    body |= {"stream_options": {"include_usage": True}} if stream else {}
    return body | ({"tools": [{"type": "function", "function": _FUNCTION}]} if tools else {})


def said(protocol: str, answer: httpx.Response) -> Said:
    """Reads the whole message from a response."""
    streamed = answer.headers["content-type"].startswith("text/event-stream")
    if protocol == "chat":
        return _chat(answer, streamed=streamed)
    if protocol == "messages":
        return _message(_assembled(answer) if streamed else answer.json())
    if not streamed:
        return _response(answer.json())
    last = [event for event in events(answer) if event["type"] in {"response.completed", "response.incomplete"}]
    return _response(last[-1]["response"])


def events(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    """The JSON objects of a stream."""
    for line in answer.text.splitlines():
        if line.startswith("data:") and line[5:].strip() != "[DONE]":
            yield json.loads(line[5:])


def _chat(answer: httpx.Response, *, streamed: bool) -> Said:
    parts = list(events(answer)) if streamed else [answer.json()]
    choices = [choice for part in parts for choice in part["choices"]]
    deltas = [choice["delta" if streamed else "message"] for choice in choices]
    calls: dict[int, list[str]] = {}
    for delta in deltas:
        for position, call in enumerate(delta.get("tool_calls") or ()):
            kept = calls.setdefault(call["index"] if streamed else position, ["", "", ""])
            kept[0] += call["function"].get("name") or ""
            kept[1] += call["function"].get("arguments") or ""
            kept[2] = kept[2] or call.get("id") or ""
    usage = [part["usage"] for part in parts if part.get("usage")][-1]
    return Said(
        text="".join(delta.get("content") or delta.get("refusal") or "" for delta in deltas),
        thought="".join(delta.get("reasoning_content") or "" for delta in deltas),
        calls=tuple((name, json.loads(arguments)) for _, (name, arguments, _) in sorted(calls.items())),
        ids=tuple(call_id for _, (*_, call_id) in sorted(calls.items())),
        end=[choice["finish_reason"] for choice in choices if choice.get("finish_reason")][-1],
        prompt=usage["prompt_tokens"],
        completion=usage["completion_tokens"],
    )


def _assembled(answer: httpx.Response) -> dict[str, Any]:
    message: dict[str, Any] = {}
    blocks: list[dict[str, Any]] = []
    for event in events(answer):
        if event["type"] == "message_start":
            message = dict(event["message"])
        elif event["type"] == "content_block_start":
            assert event["index"] == len(blocks)
            blocks.append({**event["content_block"], "json": ""})
        elif event["type"] == "content_block_delta":
            for name, key in (("text", "text"), ("thinking", "thinking"), ("partial_json", "json")):
                blocks[event["index"]][key] = blocks[event["index"]].get(key, "") + event["delta"].get(name, "")
        elif event["type"] == "message_delta":
            message |= event["delta"]
            message["usage"] = {**message["usage"], **event["usage"]}
    for block in blocks:
        if block["type"] == "tool_use":
            block["input"] = json.loads(block["json"] or "{}")
    return {**message, "content": blocks}


def _message(message: dict[str, Any]) -> Said:
    blocks = message["content"]
    usage = message["usage"]
    cached = (usage.get("cache_read_input_tokens") or 0) + (usage.get("cache_creation_input_tokens") or 0)
    return Said(
        text="".join(block["text"] for block in blocks if block["type"] == "text"),
        thought="".join(block["thinking"] for block in blocks if block["type"] == "thinking"),
        calls=tuple((block["name"], block["input"]) for block in blocks if block["type"] == "tool_use"),
        ids=tuple(block["id"] for block in blocks if block["type"] == "tool_use"),
        end=message["stop_reason"],
        prompt=usage["input_tokens"] + cached,
        completion=usage["output_tokens"],
    )


def _response(response: dict[str, Any]) -> Said:
    items = response["output"]
    texts = [
        part["text"] if "text" in part else part["refusal"]
        for item in items
        if item["type"] == "message"
        for part in item["content"]
    ]
    thoughts = [part for item in items if item["type"] == "reasoning" for part in item.get("summary") or ()]
    calls = [item for item in items if item["type"] == "function_call"]
    return Said(
        text="".join(texts),
        thought="".join(part["text"] for part in thoughts),
        calls=tuple((call["name"], json.loads(call["arguments"])) for call in calls),
        ids=tuple(call["call_id"] for call in calls),
        end=response["status"],
        prompt=response["usage"]["input_tokens"],
        completion=response["usage"]["output_tokens"],
    )
