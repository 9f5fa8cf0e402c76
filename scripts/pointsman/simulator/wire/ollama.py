"""Ollama's native API: NDJSON, `think`, `format`, embeddings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pointsman.simulator.answers import NDJSON, Answer, json_answer, stream_answer
from pointsman.simulator.conversation import Prompt, Tool, Turn, new_id, pieces, reply, text_of
from pointsman.simulator.upstream import Received
from pointsman.simulator.wire.chat_completions import last_turn
from pointsman.simulator.wire.embeddings import DIMENSIONS, texts_of, vector
from pointsman.simulator.wire.encoding import ndjson

CREATED = "2026-11-21T08:00:00.123456789Z"
THINKING = ("qwen3", "gpt-oss", "deepseek-r1", "kimi-", "glm-")
"""The name prefixes of models that can think."""
THINK_LEVELS = ("low", "medium", "high", "max")


def error(status: int, message: str) -> Answer:
    """Returns an error in Ollama's shape."""
    return json_answer({"error": message}, status=status)


def think_value(request: Received) -> Answer | None:
    """Refuses a `think` that is neither a boolean nor a level."""
    think = request.fields.get("think")
    if think is None or isinstance(think, bool) or think in THINK_LEVELS:
        return None
    return error(400, f'invalid think value: "{think}" (must be "high", "medium", "low", "max", true, or false)')


def chat(request: Received) -> Answer:
    """Answers `POST /api/chat`; without messages it only loads the model."""
    body = request.fields
    if not body.get("messages"):
        return _loaded(body, {"message": {"role": "assistant", "content": ""}})
    prompt = _chat_prompt(body)
    turn = reply(prompt)
    if not prompt.stream:
        return json_answer({**_line(prompt.model, {"message": _message(turn)}), **_totals(turn)})
    return stream_answer(_chat_lines(prompt, turn), kind=NDJSON)


def generate(request: Received) -> Answer:
    """Answers `POST /api/generate`; without a prompt it only loads the model."""
    body = request.fields
    if not body.get("prompt"):
        return _loaded(body, {"response": ""})
    text = str(body["prompt"])
    prompt = Prompt(
        model=str(body["model"]),
        user=text,
        tokens=len(pieces(text)),
        stream=bool(body.get("stream", True)),
        think=_thinks(body),
        json_schema=_schema(body),
        max_tokens=_budget(body),
    )
    turn = reply(prompt)
    if not prompt.stream:
        thinking = {"thinking": turn.reasoning} if turn.reasoning else {}
        return json_answer({**_line(prompt.model, {"response": turn.text, **thinking}), **_totals(turn)})
    thought = [{"response": "", "thinking": piece} for piece in pieces(turn.reasoning)]
    said = [{"response": piece} for piece in pieces(turn.text)]
    lines = [ndjson(_line(prompt.model, part)) for part in (*thought, *said)]
    return stream_answer([*lines, ndjson({**_line(prompt.model, {"response": ""}), **_totals(turn)})], kind=NDJSON)


def embed(request: Received) -> Answer:
    """Answers `POST /api/embed`."""
    texts = texts_of(request.fields.get("input", ""))
    size = int(request.fields.get("dimensions") or DIMENSIONS)
    return json_answer(
        {
            "model": request.fields["model"],
            "embeddings": [vector(text, size) for text in texts],
            "total_duration": 14143917,
            "load_duration": 1019500,
            "prompt_eval_count": sum(len(pieces(text)) for text in texts),
        }
    )


def embeddings(request: Received) -> Answer:
    """Answers `POST /api/embeddings`, the older endpoint."""
    return json_answer({"embedding": vector(str(request.fields.get("prompt", "")))})


def _chat_prompt(body: Mapping[str, Any]) -> Prompt:
    messages = body["messages"]
    user, result = last_turn(messages)
    return Prompt(
        model=str(body["model"]),
        user=user,
        tokens=sum(len(pieces(text_of(message.get("content")))) for message in messages),
        stream=bool(body.get("stream", True)),
        tool_result=result,
        tools=tuple(map(_tool, body.get("tools") or [])),
        json_schema=_schema(body),
        think=_thinks(body),
        max_tokens=_budget(body),
    )


def _tool(tool: Mapping[str, Any]) -> Tool:
    function = tool["function"]
    return Tool(name=str(function["name"]), schema=function.get("parameters") or {})


def _chat_lines(prompt: Prompt, turn: Turn) -> Iterable[bytes]:
    empty = {"role": "assistant", "content": ""}
    parts: list[dict[str, Any]] = [{**empty, "thinking": piece} for piece in pieces(turn.reasoning)]
    parts += [{**empty, "content": piece} for piece in pieces(turn.text)]
    parts += [{**empty, "tool_calls": [call]} for call in _calls(turn)]
    for part in parts:
        yield ndjson(_line(prompt.model, {"message": part}))
    yield ndjson({**_line(prompt.model, {"message": empty}), **_totals(turn)})


def _message(turn: Turn) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": turn.text}
    if turn.reasoning:
        message["thinking"] = turn.reasoning
    if turn.calls:
        message["tool_calls"] = _calls(turn)
    return message


def _calls(turn: Turn) -> list[dict[str, Any]]:
    named = ({"name": call.name, "arguments": call.arguments} for call in turn.calls)
    return [{"id": new_id("call_", 4), "function": {"index": i, **call}} for i, call in enumerate(named)]


def _line(model: str, part: Mapping[str, Any]) -> dict[str, Any]:
    return {"model": model, "created_at": CREATED, **part, "done": False}


def _totals(turn: Turn) -> dict[str, Any]:
    return {
        "done": True,
        "done_reason": "length" if turn.finish == "length" else "stop",
        "total_duration": 4883583458,
        "load_duration": 1334875,
        "prompt_eval_count": turn.usage.prompt,
        "prompt_eval_duration": 342546000,
        "eval_count": turn.usage.completion,
        "eval_duration": 4535599000,
    }


def _loaded(body: Mapping[str, Any], part: Mapping[str, Any]) -> Answer:
    reason = "unload" if body.get("keep_alive") == 0 else "load"
    return json_answer({**_line(str(body["model"]), part), "done": True, "done_reason": reason})


def _thinks(body: Mapping[str, Any]) -> bool:
    """Returns whether to think; by default if the model can. Thinking of gpt-oss cannot be switched off."""
    if "gpt-oss" in str(body["model"]):
        return True
    return bool(body.get("think", str(body["model"]).startswith(THINKING)))


def _schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    wanted = body.get("format")
    if isinstance(wanted, dict):
        return wanted
    return {} if wanted == "json" else None


def _budget(body: Mapping[str, Any]) -> int | None:
    budget = (body.get("options") or {}).get("num_predict")
    return budget if isinstance(budget, int) and budget >= 0 else None
