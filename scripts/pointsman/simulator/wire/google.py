"""Google's generateContent: contents and parts, events with CRLF and without a final event, thought signatures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pointsman.simulator.answers import EVENT_STREAM, Answer, json_answer, stream_answer
from pointsman.simulator.conversation import Prompt, Tool, Turn, new_id, pieces, reply
from pointsman.simulator.upstream import Received
from pointsman.simulator.wire.embeddings import DIMENSIONS, vector
from pointsman.simulator.wire.encoding import sse

FIELDS = (
    "cachedContent", "contents", "generationConfig", "model", "safetySettings", "serviceTier", "store",
    "systemInstruction", "toolConfig", "tools",
)  # fmt: skip
SIGNATURE = "c2ltdWxhdGVkIHRob3VnaHQ="


def camel(name: str) -> str:
    """Returns a field's camelCase name; Google's JSON also accepts `max_output_tokens` for `maxOutputTokens`."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def prompt_of(request: Received, *, stream: bool) -> Prompt:
    """Reads the prompt from a generateContent request."""
    body = _camel(request.fields)
    contents = body.get("contents", [])
    parts = [[_camel(part) for part in content.get("parts", [])] for content in contents]
    spoken = [i for i, c in enumerate(contents) if c.get("role", "user") == "user" and _text(parts[i])]
    last_user = spoken[-1] if spoken else -1
    results = [_result(part) for later in parts[last_user + 1 :] for part in later if "functionResponse" in part]
    sizes = [len(pieces(_text(some))) for some in parts]
    config = _camel(body.get("generationConfig", {}))
    thinking = _camel(config.get("thinkingConfig", {}))
    tools, must_call = _tools(body)
    return Prompt(
        model=request.params["model"],
        user=_text(parts[last_user]) if spoken else "",
        tokens=sum(sizes),
        cached=sum(sizes[:-1]),
        stream=stream,
        tool_result="".join(results) if results else None,
        tools=tools,
        must_call=must_call,
        json_schema=_schema(config),
        think=bool(thinking) and thinking.get("thinkingBudget") != 0,
        max_tokens=config.get("maxOutputTokens"),
    )


def generate(request: Received) -> Answer:
    """Answers `:generateContent`."""
    prompt = prompt_of(request, stream=False)
    turn = reply(prompt)
    return json_answer(_chunk(prompt, turn, _parts(turn, shown=_shows_thoughts(request)), new_id("", 8), last=True))


def stream(request: Received) -> Answer:
    """Answers `:streamGenerateContent`: server-sent events with `alt=sse`, else one JSON array."""
    prompt = prompt_of(request, stream=True)
    turn = reply(prompt)
    chunks = list(_chunks(prompt, turn, shown=_shows_thoughts(request)))
    if request.query.get("alt") != "sse":
        return json_answer(chunks)
    return stream_answer((sse(chunk, newline=b"\r\n") for chunk in chunks), kind=EVENT_STREAM.partition(";")[0])


def embed(request: Received) -> Answer:
    """Answers `:embedContent`."""
    return json_answer({"embedding": _embedding(request.fields)})


def embed_batch(request: Received) -> Answer:
    """Answers `:batchEmbedContents`."""
    return json_answer({"embeddings": [_embedding(part) for part in request.fields.get("requests", [])]})


def unsigned_call(request: Received) -> str | None:
    """Returns the name of a function call that has lost its thought signature, else None."""
    for content in request.fields.get("contents", []):
        parts = [_camel(part) for part in content.get("parts", [])]
        calls = [part for part in parts if "functionCall" in part]
        if calls and "thoughtSignature" not in calls[0]:
            return str(calls[0]["functionCall"].get("name"))
    return None


def _camel(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {camel(name): value for name, value in fields.items()}


def _text(parts: list[dict[str, Any]]) -> str:
    return "".join(part.get("text", "") for part in parts)


def _result(part: Mapping[str, Any]) -> str:
    response = part["functionResponse"].get("response", {})
    return " ".join(str(value) for value in response.values())


def _tools(body: Mapping[str, Any]) -> tuple[tuple[Tool, ...], bool]:
    tools = tuple(
        Tool(name=str(function.get("name", "")), schema=_parameters(_camel(function)))
        for group in body.get("tools") or ()
        for function in _camel(group).get("functionDeclarations", [])
    )
    calling = _camel(_camel(body.get("toolConfig") or {}).get("functionCallingConfig", {}))
    allowed = calling.get("allowedFunctionNames")
    if allowed:
        tools = tuple(tool for tool in tools if tool.name in allowed)
    return (() if calling.get("mode") == "NONE" else tools), calling.get("mode") == "ANY"


def _parameters(function: Mapping[str, Any]) -> Mapping[str, Any]:
    return function.get("parameters") or function.get("parametersJsonSchema") or {}


def _schema(config: Mapping[str, Any]) -> Mapping[str, Any] | None:
    schema = config.get("responseSchema") or config.get("responseJsonSchema")
    return schema or ({} if config.get("responseMimeType") == "application/json" else None)


def _shows_thoughts(request: Received) -> bool:
    config = _camel(_camel(request.fields).get("generationConfig", {}))
    return bool(_camel(config.get("thinkingConfig", {})).get("includeThoughts"))


def _parts(turn: Turn, *, shown: bool) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if turn.reasoning and shown:
        parts.append({"text": turn.reasoning, "thought": True})
    if turn.text:
        parts.append({"text": turn.text})
    for number, call in enumerate(turn.calls):
        # Only the first of several parallel calls is signed.
        signature = {} if number else {"thoughtSignature": SIGNATURE}
        parts.append({"functionCall": {"name": call.name, "args": dict(call.arguments)}, **signature})
    return parts


def _chunks(prompt: Prompt, turn: Turn, *, shown: bool) -> Iterable[dict[str, Any]]:
    """Yields one chunk per piece; the last one has the finish reason and the complete usage."""
    answer_id = new_id("", 8)
    parts = [
        {**part, "text": piece} if "text" in part else part
        for part in _parts(turn, shown=shown)
        for piece in pieces(part.get("text", "call"))
    ] or [{"text": ""}]
    for number, part in enumerate(parts, start=1):
        yield _chunk(prompt, turn, [part], answer_id, last=number == len(parts))


def _chunk(prompt: Prompt, turn: Turn, parts: list[dict[str, Any]], answer_id: str, *, last: bool) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if last:
        candidate["finishReason"] = "MAX_TOKENS" if turn.finish == "length" else "STOP"
    return {
        "candidates": [candidate],
        "usageMetadata": _usage(turn)
        if last
        else {"promptTokenCount": prompt.tokens, "totalTokenCount": prompt.tokens},
        "modelVersion": prompt.model,
        "responseId": answer_id,
    }


def _usage(turn: Turn) -> dict[str, Any]:
    """Returns usage as Google reports it: thoughts separate from the candidates, without zeros."""
    usage = turn.usage
    counts = {
        "promptTokenCount": usage.prompt,
        "candidatesTokenCount": usage.completion - usage.reasoning,
        "totalTokenCount": usage.prompt + usage.completion,
        "thoughtsTokenCount": usage.reasoning,
        "cachedContentTokenCount": usage.cached,
    }
    details = [{"modality": "TEXT", "tokenCount": usage.prompt}]
    return {**{name: count for name, count in counts.items() if count}, "promptTokensDetails": details}


def _embedding(body: Mapping[str, Any]) -> dict[str, Any]:
    text = _text(body.get("content", {}).get("parts", []))
    return {"values": vector(text, int(_camel(body).get("outputDimensionality") or DIMENSIONS))}
