"""Responses: events as OpenAI streams them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from custom_providers.engine.answers.answer import Answer
from custom_providers.engine.answers.collecting import LONGEST
from custom_providers.engine.answers.usage import Usage
from custom_providers.engine.clients.response_tools import Tools
from custom_providers.engine.clients.writer import event, first_object
from custom_providers.engine.errors.failure import Failure, FailureKind, UpstreamError
from custom_providers.engine.provider_call import Batch, Ending
from custom_providers.engine.streaming import silence
from custom_providers.engine.wires.chat import Delta
from custom_providers.json_parts import mapping, mappings

_CODES = {
    FailureKind.CONTEXT_WINDOW: "context_length_exceeded",
    FailureKind.QUOTA: "insufficient_quota",
    FailureKind.BALANCE: "insufficient_quota",
    FailureKind.OVERLOADED: "server_is_overloaded",
}
"""The error codes that Codex handles specially."""
_ITEM = 1_000
"""What an item adds to the length of a response, besides its text."""

_NEW_PARTS: Mapping[str, Mapping[str, Any]] = {
    "output_text": {"type": "output_text", "text": "", "annotations": [], "logprobs": []},
    "refusal": {"type": "refusal", "refusal": ""},
}


class ResponsesWriter:
    """Writes one streamed response, item by item."""

    begins_with_text = True
    ping = silence.COMMENT

    def __init__(self) -> None:
        self._response: dict[str, Any] = {}
        self._tools = Tools()
        self._sequence = 0
        self._begun = False
        self._open: object = None
        """The kind of the open item, or the index of its tool call; None between items."""
        self._item: dict[str, Any] = {}
        self._part: dict[str, Any] = {}
        """The open part of the open message."""
        self._said: list[str] = []
        """The text or arguments of the open item, or of its open part, in parts."""
        self._sealed = False
        """Whether the open part of a summary is complete, as its signature shows."""
        self._output: list[dict[str, Any]] = []
        self._length = 0
        """Characters so far; all are kept, because the last event repeats the whole response."""

    def begin(self, first: bytes) -> bool:
        """Take the response's id and settings from LiteLLM's first event."""
        created = first_object(first)
        if created is None or created.get("type") != "response.created":
            return False
        self._response = {**created["response"], "model": created.get("model") or created["response"].get("model")}
        self._tools = Tools.of(self._response.get("tools"))
        return True

    def write(self, batch: Batch) -> bytes:
        """Return the events of one batch.

        Raises:
            UpstreamError: the response is too long to be kept, and still not complete.
        """
        parts = [] if self._begun else self._start()
        for delta in batch.deltas:
            parts += self._delta(delta)
        if batch.ending is not None:
            parts += [*self._close(), *self._end(batch.ending)]
        elif self._length > LONGEST:
            raise UpstreamError(_endless())
        return b"".join(parts)

    def failed(self, failure: Failure) -> bytes:
        """Return the event of a failed response."""
        code = _CODES.get(failure.kind) or ("rate_limit_exceeded" if failure.status == 429 else "server_error")
        error = {"code": code, "message": failure.message}
        failed = {**self._response, "status": "failed", "error": error, "output": self._output}
        parts = [] if self._begun else self._start()
        return b"".join((*parts, self._event("response.failed", response=failed), b"data: [DONE]\n\n"))

    def whole(self, response: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
        """Return LiteLLM's whole response with the same output items as a stream."""
        self._response, self._tools = dict(response), Tools.of(response.get("tools"))
        for delta in answer.deltas():
            self._delta(delta)
        self._close()
        return {**response, "output": self._output}

    def _start(self) -> list[bytes]:
        self._begun = True
        return [self._event(f"response.{name}", response=self._response) for name in ("created", "in_progress")]

    def _delta(self, delta: Delta) -> list[bytes]:
        parts: list[bytes] = []
        if thought := delta.get("reasoning_content"):
            parts += self._thought(thought)
        for block in delta.get("thinking_blocks") or ():
            parts += self._thought(block.get("thinking") or "")
            self._sealed = bool(block.get("signature") or block.get("data"))
        if said := delta.get("content"):
            parts += self._into("output_text")
            parts.append(self._more("response.output_text.delta", said, **self._part_place(), logprobs=[]))
        if refusal := delta.get("refusal"):
            parts += self._into("refusal")
            parts.append(self._more("response.refusal.delta", refusal, **self._part_place()))
        for annotation in mappings(delta.get("annotations")):
            parts += self._annotated(annotation)
        for fragment in delta.get("tool_calls") or ():
            parts += self._call(fragment)
        return parts

    def _thought(self, text: str) -> list[bytes]:
        """Add to the summary; what follows a signature is its next part."""
        if not text:
            return []
        parts = []
        if self._open != "reasoning":
            item = {"id": _id("rs"), "type": "reasoning", "summary": [], "status": "in_progress"}
            parts = [*self._new("reasoning", item), self._new_summary()]
        elif self._sealed:
            parts = [*self._summary_done("".join(self._said)), self._new_summary()]
        more = self._more("response.reasoning_summary_text.delta", text, summary_index=len(self._item["summary"]))
        return [*parts, more]

    def _new_summary(self) -> bytes:
        self._said, self._sealed = [], False
        place = self._place(summary_index=len(self._item["summary"]))
        part = {"type": "summary_text", "text": ""}
        return self._event("response.reasoning_summary_part.added", **place, part=part)

    def _into(self, kind: str) -> list[bytes]:
        """Open a message and a part of this kind, unless they are open."""
        if self._open == "message" and self._part["type"] == kind:
            return []
        if self._open == "message":
            parts = self._part_done("".join(self._said))
        else:
            item = {"id": _id("msg"), "type": "message", "status": "in_progress", "role": "assistant", "content": []}
            parts = self._new("message", item)
        self._said, self._part = [], dict(_NEW_PARTS[kind])
        place = self._place(**self._part_place())
        return [*parts, self._event("response.content_part.added", **place, part=self._part)]

    def _annotated(self, annotation: Mapping[str, Any]) -> list[bytes]:
        """A citation of a text; chat completions nest its fields in an object named after its type."""
        kind = str(annotation.get("type"))
        flat = {"type": kind, **(mapping(annotation.get(kind)) or annotation)}
        parts = self._into("output_text")
        place = {**self._place(**self._part_place()), "annotation_index": len(self._part["annotations"])}
        self._part = {**self._part, "annotations": [*self._part["annotations"], flat]}
        self._length += _ITEM
        return [*parts, self._event("response.output_text.annotation.added", **place, annotation=flat)]

    def _part_place(self) -> dict[str, int]:
        return {"content_index": len(self._item["content"])}

    def _call(self, fragment: Mapping[str, Any]) -> list[bytes]:
        function, parts = fragment["function"], []
        if self._open != fragment["index"]:
            item = self._tools.item(fragment.get("id") or _id("call"), function.get("name") or "")
            parts = self._new(fragment["index"], item)
        if arguments := function.get("arguments"):
            if self._item["type"] == "function_call":
                parts.append(self._more("response.function_call_arguments.delta", arguments))
            else:
                # A custom tool's input is inside the arguments, and readable only once they are complete.
                self._keep(arguments)
        return parts

    def _new(self, kind: object, item: dict[str, Any]) -> list[bytes]:
        closed = self._close()
        self._length += _ITEM
        self._open, self._item, self._said = kind, item, []
        added = self._event("response.output_item.added", output_index=len(self._output), item=item)
        return [*closed, added]

    def _more(self, name: str, text: str, **place: Any) -> bytes:
        self._keep(text)
        return self._event(name, **self._place(**place), delta=text)

    def _keep(self, text: str) -> None:
        self._said.append(text)
        self._length += len(text)

    def _close(self, status: str = "completed") -> list[bytes]:
        if self._open is None:
            return []
        said = "".join(self._said)
        done = {"reasoning": self._summary_done, "message": self._part_done}.get(str(self._open), self._call_done)
        parts = done(said)
        self._item = {**self._item, "status": status}
        parts.append(self._event("response.output_item.done", output_index=len(self._output), item=self._item))
        self._output.append(self._item)
        self._open = None
        return parts

    def _summary_done(self, said: str) -> list[bytes]:
        part, place = {"type": "summary_text", "text": said}, self._place(summary_index=len(self._item["summary"]))
        self._item = {**self._item, "summary": [*self._item["summary"], part]}
        return [
            self._event("response.reasoning_summary_text.done", **place, text=said),
            self._event("response.reasoning_summary_part.done", **place, part=part),
        ]

    def _part_done(self, said: str) -> list[bytes]:
        place, kind = self._place(**self._part_place()), self._part["type"]
        name = "refusal" if kind == "refusal" else "text"
        part = {**self._part, name: said}
        self._item = {**self._item, "content": [*self._item["content"], part]}
        more: dict[str, Any] = {} if kind == "refusal" else {"logprobs": []}
        return [
            self._event(f"response.{kind}.done", **place, **{name: said}, **more),
            self._event("response.content_part.done", **place, part=part),
        ]

    def _call_done(self, said: str) -> list[bytes]:
        if self._item["type"] == "function_call":
            self._item = {**self._item, "arguments": said or "{}"}
            arguments = self._item["arguments"]
            return [self._event("response.function_call_arguments.done", **self._place(), arguments=arguments)]
        given = self._tools.given(said)
        self._item = {**self._item, "input": given}
        return [
            self._event("response.custom_tool_call_input.delta", **self._place(), delta=given),
            self._event("response.custom_tool_call_input.done", **self._place(), input=given),
        ]

    def _end(self, ending: Ending) -> list[bytes]:
        cut = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(ending.finish)
        whole = {
            **self._response,
            "status": "incomplete" if cut else "completed",
            "output": self._output,
            "usage": None if ending.usage is None else usage_of(ending.usage),
        }
        if cut:
            whole["incomplete_details"] = {"reason": cut}
        name = "response.incomplete" if cut else "response.completed"
        return [self._event(name, response=whole), b"data: [DONE]\n\n"]

    def _place(self, **more: Any) -> dict[str, Any]:
        return {"item_id": self._item["id"], "output_index": len(self._output), **more}

    def _event(self, name: str, **fields: Any) -> bytes:
        numbered = {"type": name, "sequence_number": self._sequence, **fields}
        self._sequence += 1
        return event(name, numbered)


def usage_of(usage: Usage) -> dict[str, Any]:
    """Usage in the format of the Responses API."""
    cached = mapping(usage.get("prompt_tokens_details")).get("cached_tokens") or 0
    reasoning = mapping(usage.get("completion_tokens_details")).get("reasoning_tokens") or 0
    return {
        "input_tokens": usage["prompt_tokens"],
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": usage["completion_tokens"],
        "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": usage["prompt_tokens"] + usage["completion_tokens"],
    }


def _endless() -> Failure:
    return Failure(
        kind=FailureKind.MALFORMED,
        status=502,
        upstream_status=200,
        message=f"the provider's answer is not complete after {LONGEST // 1024**2} million characters",
        retries=0,
    )


def _id(kind: str) -> str:
    return f"{kind}_{uuid.uuid4().hex}"
