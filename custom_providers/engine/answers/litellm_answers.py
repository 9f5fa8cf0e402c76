"""Converts answers and deltas to LiteLLM's objects."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from litellm.types.utils import (  # noqa: TID253 -- LiteLLM imports this module
    Choices,
    Delta,
    Message,
    ModelResponse,
    ModelResponseStream,
    StreamingChoices,
    Usage,
)

from custom_providers.engine.answers.answer import Answer, as_object
from custom_providers.engine.provider_call import Ending
from custom_providers.json_parts import listed, mapping

_READ = frozenset({"content", "reasoning_content", "thinking_blocks", "tool_calls"})
"""The parts of a delta that were checked when it was read."""


def whole(answer: Answer, model: str, *, signed: bool) -> ModelResponse:
    """Convert a whole answer.

    Args:
        answer: the provider's answer.
        model: the provider's model id, which determines the price.
        signed: the client speaks Anthropic's protocol and needs a signature on thinking, even an empty one.
    """
    blocks = [dict(block) for block in answer.thinking_blocks]
    if signed and answer.reasoning and not blocks:
        blocks = [{"type": "thinking", "thinking": answer.reasoning, "signature": ""}]
    message = Message(
        role="assistant",
        content=answer.content or (None if signed else answer.content),
        reasoning_content=answer.reasoning,
        thinking_blocks=blocks or None,
        tool_calls=[_with_object(call) if signed else dict(call) for call in answer.tool_calls] or None,
        **_accepted(Message, answer.other),
    )
    logprobs = {"logprobs": answer.logprobs} if answer.logprobs else {}
    response = ModelResponse(
        id=answer.id or None,
        created=int(time.time()),
        model=model,
        choices=[Choices(index=0, finish_reason=answer.finish, message=message, **_accepted(Choices, logprobs))],
        **answer.about,
    )
    if answer.usage is not None or signed:
        # LiteLLM's adapter to messages fails without a usage.
        response.usage = Usage(**(answer.usage or {}))
    return response


def _with_object(call: Mapping[str, Any]) -> dict[str, Any]:
    """A tool call whose arguments are an object; LiteLLM's adapter to messages fails on others."""
    function = call["function"]
    return {**call, "function": {**function, "arguments": as_object(function["arguments"])}}


def _accepted(kind: type[Message | Delta | Choices], other: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the fields that LiteLLM's model accepts, and images with the numbers that it requires."""
    numbered = [{"index": index, **mapping(image)} for index, image in enumerate(listed(other.get("images")))]
    given = {**other, **({"images": numbered} if numbered else {})}
    return {name: value for name, value in given.items() if _is_accepted(kind, name, value)}


def _is_accepted(kind: type[Message | Delta | Choices], name: str, value: Any) -> bool:
    """Whether a field has the type that LiteLLM requires: a good answer must not fail for one of its other fields."""
    try:
        kind(**{name: value}).model_dump_json(warnings="error")
    except (TypeError, ValueError, AttributeError):
        return False
    return True


class Chunks:
    """Creates the chunks of one stream. ``id`` is set once it is known."""

    def __init__(self, model: str, deployment: str) -> None:
        self.id = ""
        self._model = model
        self._deployment = deployment
        self._created = int(time.time())
        self._begun = False

    def delta(self, delta: Mapping[str, Any]) -> ModelResponseStream:
        """The chunk of one delta; the first one also has the role."""
        role = {} if self._begun else {"role": "assistant"}
        self._begun = True
        safe = delta if delta.keys() <= _READ else _accepted(Delta, delta)
        return self._chunk(Delta(**role, **safe), None)

    def ending(self, ending: Ending) -> list[ModelResponseStream]:
        """The last two chunks: usage, then the finish reason.

        In this order and separate: LiteLLM drops everything with or after a finish reason without content, and then
        counts tokens itself.
        """
        chunks = [self._chunk(Delta(), ending.finish)]
        if ending.usage is not None:
            counted = self._chunk(Delta(), None)
            counted.usage = Usage(**ending.usage)
            chunks.insert(0, counted)
        return chunks

    def _chunk(self, delta: Delta, finish: str | None) -> ModelResponseStream:
        choice = StreamingChoices(index=0, delta=delta, finish_reason=finish)
        chunk = ModelResponseStream(id=self.id or None, created=self._created, model=self._model, choices=[choice])
        # Without this, LiteLLM searches the deployment by name, in all its patterns, for each chunk.
        chunk.hidden_params = {"model_id": self._deployment}
        return chunk
