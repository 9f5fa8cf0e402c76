"""Answers and deltas as LiteLLM's own objects."""

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

from custom_providers.engine.answer import Answer
from custom_providers.engine.client import Ending


def whole(answer: Answer, model: str, *, signed: bool) -> ModelResponse:
    """A whole answer.

    Args:
        answer: what the provider said.
        model: the upstream id, which prices the call.
        signed: the caller speaks Anthropic and needs a signature on thinking, an empty one if the provider gave none.
    """
    blocks = [dict(block) for block in answer.thinking_blocks]
    if signed and answer.reasoning and not blocks:
        blocks = [{"type": "thinking", "thinking": answer.reasoning, "signature": ""}]
    message = Message(
        role="assistant",
        content=answer.content,
        reasoning_content=answer.reasoning,
        thinking_blocks=blocks or None,
        tool_calls=[dict(call) for call in answer.tool_calls] or None,
        **answer.other,
    )
    response = ModelResponse(
        id=answer.id or None,
        created=int(time.time()),
        model=model,
        choices=[Choices(index=0, finish_reason=answer.finish, message=message, logprobs=answer.logprobs)],
        **answer.about,
    )
    if answer.usage is not None:
        response.usage = Usage(**answer.usage)
    return response


class Chunks:
    """Makes the chunks of one stream. ``id`` is set once it is known."""

    def __init__(self, model: str, deployment: str) -> None:
        self.id = ""
        self._model = model
        self._deployment = deployment
        self._created = int(time.time())
        self._begun = False

    def delta(self, delta: Mapping[str, Any]) -> ModelResponseStream:
        """One delta; the first one also says who speaks."""
        role = {} if self._begun else {"role": "assistant"}
        self._begun = True
        return self._chunk(Delta(**role, **delta), None)

    def ending(self, ending: Ending) -> list[ModelResponseStream]:
        """The last two chunks: usage, then the finish.

        In this order, and apart: LiteLLM drops whatever comes with or after a finish that has no content, and then
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
        # Without it LiteLLM looks for the deployment by its name, in all its patterns, for each chunk.
        chunk.hidden_params = {"model_id": self._deployment}
        return chunk
