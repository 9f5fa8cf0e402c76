"""Reads answers of Ollama's ``/api/chat``: whole, or as JSON lines."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from custom_providers.engine.answers.answer import Answer, function_name, require_no_error, unused
from custom_providers.engine.answers.checked_parts import UnreadableError, child, children, text
from custom_providers.engine.answers.finish_reasons import is_spent
from custom_providers.engine.answers.usage import Usage
from custom_providers.engine.wires.chat import LOGPROBS, Delta
from custom_providers.engine.wires.inline_thinking import InlineThinking
from custom_providers.json_parts import listed


class OllamaReader:
    """Reads Ollama's streams. Each tool call arrives complete, and several may have the same index."""

    stop: str | None = None

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self.about: dict[str, Any] = {}
        self.id = f"chatcmpl-{uuid.uuid4().hex}"
        self.finish: str | None = None
        self.usage: Usage | None = None
        self.over = False
        self._renamed = renamed
        self._inline = InlineThinking()
        self._called: set[str] = set()
        """The ids of the tool calls."""
        self._said = False
        self._thought = False

    @property
    def spent_on_reasoning(self) -> bool:
        """Whether reasoning used up the token budget."""
        return is_spent(self.finish, said=self._said or bool(self._called), thought=self._thought)

    def feed(self, event: Mapping[str, Any]) -> list[Delta]:
        """Process one line."""
        require_no_error(event)
        deltas = self._deltas(child(event, "message"))
        if (logged := _logprobs(event)) and deltas:
            deltas[-1][LOGPROBS] = logged
        if event.get("done"):
            self.over = True
            self.usage = _usage(event)
            self.finish = _finish(event, called=bool(self._called))
        return deltas

    def done(self) -> None:
        """Do nothing: an event ends these streams."""

    def rest(self) -> list[Delta]:
        """Return the held-back text that could have been the beginning of a tag."""
        return self._noted(self._inline.rest())

    def _deltas(self, message: Mapping[str, Any]) -> list[Delta]:
        deltas: list[Delta] = []
        if thought := text(message, "thinking"):
            deltas.append({"reasoning_content": thought})
        if said := text(message, "content"):
            deltas += self._inline.feed(said)
        deltas = self._noted(deltas)
        for call in children(message, "tool_calls"):
            index = len(self._called)
            deltas.append({"tool_calls": [{"index": index, **_call(call, self._renamed, self._called)}]})
        return deltas

    def _noted(self, deltas: list[Delta]) -> list[Delta]:
        self._said = self._said or any("content" in delta for delta in deltas)
        self._thought = self._thought or any("reasoning_content" in delta for delta in deltas)
        return deltas


def answer(body: Mapping[str, Any], renamed: Mapping[str, str]) -> Answer:
    """Read a whole answer.

    Raises:
        ErrorUnder200Error: the body is an error.
        UnreadableError: the body is neither an answer nor an error.
    """
    require_no_error(body)
    if not isinstance(body.get("message"), Mapping):
        raise UnreadableError("there is no message")
    message = child(body, "message")
    inline = InlineThinking()
    deltas = [*inline.feed(text(message, "content") or ""), *inline.rest()]
    used: set[str] = set()
    calls = tuple(_call(call, renamed, used) for call in children(message, "tool_calls"))
    return Answer(
        id=f"chatcmpl-{uuid.uuid4().hex}",
        finish=_finish(body, called=bool(calls)),
        content="".join(delta.get("content", "") for delta in deltas) or None,
        reasoning=text(message, "thinking") or "".join(d.get("reasoning_content", "") for d in deltas) or None,
        tool_calls=calls,
        usage=_usage(body),
        logprobs=_logprobs(body),
    )


def _call(call: Mapping[str, Any], renamed: Mapping[str, str], used: set[str]) -> dict[str, Any]:
    function = child(call, "function")
    arguments = function.get("arguments")
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments or {}, ensure_ascii=False)
    named = {"name": function_name(function, renamed), "arguments": arguments or "{}"}
    return {"id": unused(call.get("id"), used), "type": "function", "function": named}


def _logprobs(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """Log probabilities as OpenAI sends them; Ollama's are only the list."""
    found = listed(event.get("logprobs"))
    return {"content": found, "refusal": None} if found else None


def _finish(event: Mapping[str, Any], *, called: bool) -> str:
    return "tool_calls" if called else "length" if event.get("done_reason") == "length" else "stop"


def _usage(event: Mapping[str, Any]) -> Usage:
    prompt, said = (event.get(name) or 0 for name in ("prompt_eval_count", "eval_count"))
    return {"prompt_tokens": prompt, "completion_tokens": said, "total_tokens": prompt + said}
