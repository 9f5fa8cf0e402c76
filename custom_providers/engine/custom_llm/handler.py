"""The engine as a LiteLLM ``CustomLLM``: whole answers and streams, async and sync."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import orjson
from litellm import CustomLLM, CustomStreamWrapper  # noqa: TID253 -- LiteLLM imports this module
from litellm.litellm_core_utils.core_helpers import process_response_headers  # noqa: TID253 -- as above
from litellm.types.utils import ModelResponse, ModelResponseStream  # noqa: TID253 -- as above

from custom_providers.engine import provider_call
from custom_providers.engine.answers.answer import Answer
from custom_providers.engine.answers.litellm_answers import Chunks, whole
from custom_providers.engine.clients.chat import ChatWriter
from custom_providers.engine.clients.messages import MessagesWriter
from custom_providers.engine.clients.responses import ResponsesWriter
from custom_providers.engine.clients.same_chat import SameChatWriter
from custom_providers.engine.clients.same_messages import SameMessagesWriter
from custom_providers.engine.clients.writer import Writer
from custom_providers.engine.connection.transport import Sessions
from custom_providers.engine.custom_llm import stream_inspection
from custom_providers.engine.custom_llm.background import Background
from custom_providers.engine.custom_llm.selection import CHAT_WIRES
from custom_providers.engine.errors.failure import Failure, UpstreamError
from custom_providers.engine.errors.litellm_errors import exception
from custom_providers.engine.facts import Watching
from custom_providers.engine.provider_call import Batch, Order
from custom_providers.engine.streaming import exchange
from custom_providers.engine.streaming.exchange import Exchange
from custom_providers.engine.streaming.open_before_response import MARK
from custom_providers.engine.streaming.stream import AnswerStream, ReadyStream
from custom_providers.json_parts import mapping

_PRICED = frozenset({"openrouter"})
"""Providers whose ``usage.cost`` is used as the price of a call."""
_COST = "llm_provider-x-litellm-response-cost"


class Ordering(Protocol):
    """Builds the request of one call."""

    def __call__(self, *, stream: bool) -> Awaitable[Order]:
        """Return the request, for a stream or for a whole answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One call, fully specified before any I/O."""

    model: str
    """The provider's model id."""
    provider: str
    """LiteLLM's name for the provider."""
    deployment: str
    """LiteLLM's id of the deployment."""
    watching: Watching
    order: Ordering
    """Builds the request."""
    repeats: bool = True
    """Whether the engine retries transient failures, and not LiteLLM's router."""
    passes_headers: bool = False
    """Whether the client gets the provider's headers as LiteLLM's ``llm_provider-...``."""
    signed: bool = False
    """Whether the client speaks Anthropic's protocol."""

    def failed(self, failure: Failure) -> Any:
        """Note a failure, and return LiteLLM's exception for it."""
        return exception(failure, self.model, self.watching, self.provider, repeated=self.repeats)


class EngineHandler(CustomLLM):  # type: ignore[misc]  # LiteLLM is untyped to us
    """Serves the calls that ``plan`` specifies.

    LiteLLM's proxy, router and ``acompletion`` call ``acompletion`` and ``astreaming`` here; LiteLLM's synchronous
    ``completion`` calls ``completion`` and ``streaming``.
    """

    def __init__(self, plan: Callable[[Mapping[str, Any]], Plan]) -> None:
        super().__init__()
        self._plan = plan
        self._sessions = Sessions()
        self._background = Background()

    async def acompletion(self, **call: Any) -> ModelResponse | CustomStreamWrapper:
        """Answer one request; returns an open stream if ``open_before_response`` requested one."""
        early = call["optional_params"].pop(MARK, False)
        plan = self._plan(call)
        if early:
            return await self._opened(plan, call)
        try:
            answer = await provider_call.complete(self._sessions, await plan.order(stream=False), plan.watching)
        except UpstreamError as error:
            raise plan.failed(error.failure) from error
        if answer.spent_on_reasoning:
            plan.watching.spent()
        current = exchange.CURRENT.get()
        if current is not None and current.protocol == "responses" and not stream_inspection.by_callbacks():
            current.mend = partial(_response, answer)
        response = whole(answer, plan.model, signed=plan.signed)
        if plan.passes_headers:
            response.hidden_params["additional_headers"] = _headers(plan, answer)
        return response

    def astreaming(self, **call: Any) -> AnswerStream:
        """Answer one request as a stream. The call is checked and noted before this returns."""
        return self._stream(self._plan(call), None)

    def completion(self, **call: Any) -> ModelResponse:
        """Answer one request, for callers without an event loop."""
        return self._background.run(self.acompletion(**call))

    def streaming(self, **call: Any) -> Iterator[ModelResponseStream]:
        """Answer one request as a stream, for callers without an event loop."""
        return self._background.iterate(self.astreaming(**call))

    async def close(self) -> None:
        """Close the connections of the running loop and of synchronous callers.

        Optional: they also close when the loop or the process ends.
        """
        await self._sessions.close()
        await asyncio.to_thread(self._background.close)

    async def _opened(self, plan: Plan, call: Mapping[str, Any]) -> CustomStreamWrapper:
        current = exchange.CURRENT.get()
        taken_over = current is not None and not stream_inspection.by_callbacks()
        stream = self._stream(plan, _writer(current, call) if current is not None and taken_over else None)
        stream.wrapper = ReadyStream(
            completion_stream=await stream.opened(),
            model=plan.model,
            custom_llm_provider=plan.provider,
            logging_obj=call["logging_obj"],
            _response_headers=plan.watching.headers if plan.passes_headers else None,
        )
        if current is not None:
            current.relay = stream if taken_over else None
            current.opened(stream)
        return stream.wrapper

    def _stream(self, plan: Plan, writer: Writer | None) -> AnswerStream:
        async def begin() -> AsyncGenerator[Batch, None]:
            return provider_call.stream(self._sessions, await plan.order(stream=True), plan.watching)

        chunks = Chunks(plan.model, plan.deployment)
        return AnswerStream(begin, chunks, failed=plan.failed, spent=plan.watching.spent, writer=writer)


def _response(answer: Answer, body: bytes) -> bytes:
    """LiteLLM's whole response with the output in OpenAI's format."""
    response = orjson.loads(body)
    return orjson.dumps(ResponsesWriter().whole(response, answer)) if response.get("object") == "response" else body


def _headers(plan: Plan, answer: Answer) -> dict[str, Any]:
    """The provider's headers, and the price if the provider reports one, as LiteLLM stores them."""
    cost = mapping(answer.usage).get("cost")
    priced = plan.provider in _PRICED and isinstance(cost, int | float)
    return {**process_response_headers(plan.watching.headers), **({_COST: cost} if priced else {})}


def _writer(current: Exchange, call: Mapping[str, Any]) -> Writer:
    protocol = current.protocol
    if protocol == "messages":
        return SameMessagesWriter() if current.wire == "anthropic" else MessagesWriter()
    if protocol == "responses":
        return ResponsesWriter()
    asked = mapping(mapping(mapping(call.get("litellm_params")).get("proxy_server_request")).get("body"))
    usage = bool(mapping(asked.get("stream_options")).get("include_usage"))
    is_several = call["optional_params"].get("n") not in (None, 1)
    return SameChatWriter(usage=usage) if is_several and current.wire in CHAT_WIRES else ChatWriter(usage=usage)
