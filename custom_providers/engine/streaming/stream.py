"""One streamed answer: LiteLLM iterates over it; after a takeover it writes itself to the client."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress

import litellm  # noqa: TID253 -- LiteLLM imports this module
from litellm import CustomStreamWrapper  # noqa: TID253 -- as above
from litellm.types.utils import ModelResponseStream  # noqa: TID253 -- as above

from custom_providers.engine.answers.collecting import Collected
from custom_providers.engine.answers.litellm_answers import Chunks
from custom_providers.engine.clients.writer import Writer
from custom_providers.engine.connection import timing
from custom_providers.engine.errors.failure import Failure, UpstreamError
from custom_providers.engine.provider_call import Batch
from custom_providers.engine.streaming.exchange import Write
from custom_providers.engine.streaming.silence import Silence
from custom_providers.engine.wires.chat import Delta

_BEGUN: Delta = {"content": " "}
"""Makes LiteLLM's stream begin where it would hold back anything else; appears in no answer and in no log."""

_PAUSE_AFTER = 50
"""Batches between two yields to the event loop."""

_LOGGING: set[asyncio.Task[None]] = set()
"""Logging under way after its stream has ended; asyncio itself keeps no task alive."""


class AnswerStream:
    """Passes the chunks of a stream to LiteLLM one by one, or, once a relay has written them, the rest together."""

    def __init__(
        self,
        begin: Callable[[], Awaitable[AsyncGenerator[Batch, None]]],
        chunks: Chunks,
        *,
        failed: Callable[[Failure], Exception],
        spent: Callable[[], None],
        writer: Writer | None = None,
    ) -> None:
        """Create a stream that begins when it is opened or first read.

        Args:
            begin: makes the call and yields its batches.
            chunks: converts deltas to LiteLLM's chunks.
            failed: notes a failure, and returns LiteLLM's exception for it.
            spent: notes that reasoning used up the token budget.
            writer: writes the client's protocol, if the stream may be taken over.
        """
        self._begin = begin
        self._batches: AsyncGenerator[Batch, None] | None = None
        self._reading: asyncio.Task[Batch] | None = None
        self._closing: asyncio.Future[None] | None = None
        self._first: Batch | None = None
        self._ready: deque[ModelResponseStream] = deque()
        self._chunks = chunks
        self._failed = failed
        self._spent = spent
        self._writer = writer
        self._given = 0
        self._pretended = False
        self._taken = False
        self._error: UpstreamError | None = None
        self._collected = Collected()
        self._ending: Batch | None = None
        self.wrapper: ReadyStream | None = None
        """LiteLLM's wrapper around this stream, whose ``chunks`` LiteLLM logs."""

    async def opened(self) -> AnswerStream:
        """Wait for the first delta, so that an earlier failure is raised here.

        If pings can be sent meanwhile, the wait ends early for a provider that stays silent.
        """
        if self._writer is None:
            await self._fill()
            return self
        self._reading = asyncio.ensure_future(self._next())
        try:
            await asyncio.wait({self._reading}, timeout=timing.OPEN_AFTER)
        except asyncio.CancelledError:
            await self.aclose()
            raise
        if self._reading.done():
            await self._fill()
        else:
            self._pretend()
        return self

    def __aiter__(self) -> AnswerStream:
        return self

    async def __anext__(self) -> ModelResponseStream:
        self._given += 1
        if self._given == 2 and not self._taken:
            # LiteLLM's first chunk is only written when the event loop runs, which it does not while chunks are ready.
            await asyncio.sleep(0)
        if self._error is not None:
            error, self._error = self._error, None
            raise self._failed(error.failure) from error
        if not self._ready:
            await self._fill()
        return self._ready.popleft()

    async def aclose(self) -> None:
        """End the call, even if it was not read to its end."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError, UpstreamError, StopAsyncIteration):
                await self._reading
        if self._batches is not None:
            await self._batches.aclose()

    # Called by the takeover.

    def take(self, first: bytes) -> bool:
        """Take over from LiteLLM, which has sent ``first``."""
        if self._writer is None or self._given > 1 or not self._writer.begin(first):
            return False
        self._taken = True
        return True

    async def run(self, write: Write) -> None:
        """Write the answer, or the error that ends it, and leave the rest of the answer to LiteLLM."""
        assert self._writer is not None  # noqa: S101 -- checked in take
        writer = self._writer
        silence = Silence(write, writer.ping)
        try:
            batch = self._first or await self._waited()
            self._ready.clear()
            for turn in itertools.count(1):
                if data := writer.write(batch):
                    silence.wrote(data)
                    await write(data)
                if batch.ending is not None:
                    break
                if turn % _PAUSE_AFTER == 0:
                    # While there is always data to read, only a pause lets this task notice that its client
                    # disconnected.
                    await asyncio.sleep(0)
                batch = await self._next()
                self._collected.add(batch.deltas)
            self._ending = batch
        except UpstreamError as error:
            self._error = error
            await write(writer.failed(error.failure))
        except StopAsyncIteration:
            return
        except asyncio.CancelledError:
            # The client disconnected; LiteLLM does not close the stream on /v1/responses.
            self._closing = asyncio.ensure_future(self._close())
            raise
        finally:
            silence.end()
            self._settle()

    def _settle(self) -> None:
        """Give LiteLLM the rest of the answer: only the finish reason passes through its layers once more."""
        if self._pretended and self.wrapper is not None:
            self.wrapper.chunks.clear()
        self._logged.extend(self._chunks.delta(delta) for delta in self._collected.deltas())
        if self._ending is not None:
            self._end(self._ending)

    async def _next(self) -> Batch:
        if self._batches is None:
            self._batches = await self._begin()
        return await anext(self._batches)

    async def _waited(self) -> Batch:
        """The first batch, after a pretended beginning."""
        assert self._reading is not None  # noqa: S101 -- created in opened
        batch = await self._reading
        self._reading = None
        self._chunks.id = batch.id
        self._collected.add(batch.deltas)
        return batch

    async def _fill(self) -> None:
        try:
            while not self._ready:
                batch = await (self._reading or self._next())
                self._reading = None
                self._take(batch)
        except UpstreamError as error:
            raise self._failed(error.failure) from error

    def _take(self, batch: Batch) -> None:
        self._chunks.id = self._chunks.id or batch.id
        if self._first is None:
            self._first = batch
            if self._writer is not None and self._writer.begins_with_text:
                self._pretend()
            self._collected.add(batch.deltas if self._pretended else batch.deltas[1:])
        self._ready.extend(self._chunks.delta(delta) for delta in batch.deltas)
        if batch.ending is not None:
            self._end(batch)

    def _pretend(self) -> None:
        self._pretended = True
        self._ready.append(self._chunks.delta(_BEGUN))

    def _end(self, batch: Batch) -> None:
        assert batch.ending is not None  # noqa: S101 -- checked by callers
        if batch.ending.spent_on_reasoning:
            self._spent()
        *usage, finish = self._chunks.ending(batch.ending)
        if self._taken and self.wrapper is not None:
            self.wrapper.relayed = bool(usage)
        (self._logged if self._taken else self._ready).extend(usage)
        self._ready.append(finish)

    @property
    def _logged(self) -> deque[ModelResponseStream] | list[ModelResponseStream]:
        """Where to put chunks that LiteLLM logs and that the client has already received."""
        return self._ready if self.wrapper is None else self.wrapper.chunks


class ReadyStream(CustomStreamWrapper):  # type: ignore[misc]  # LiteLLM is untyped to us
    """LiteLLM's wrapper around an ``AnswerStream``, whose chunks already have their final form."""

    relayed = False
    """Whether the client has the whole answer, and ``chunks`` the rest of it with the provider's usage."""
    is_logged = False
    """Whether LiteLLM has begun to log a relayed answer."""

    def chunk_creator(self, chunk: ModelResponseStream) -> ModelResponseStream | None:
        """As in LiteLLM for a custom provider's chunk, without the response that it also builds and discards."""
        self.response_id, self.created = chunk.id, chunk.created
        if finish := chunk.choices[0].finish_reason:
            # The finish reason comes in the last chunk, alone; LiteLLM builds its own last chunk from it.
            self.received_finish_reason = finish
            return None
        return chunk

    async def _finalize_completed_stream(self, cache_hit: bool) -> ModelResponseStream:  # noqa: FBT001 -- LiteLLM's
        """Log a relayed answer as LiteLLM does, without its thread, its copies, and the usage for the client.

        LiteLLM's own end remains where tokens must be counted, and where a cache or a guardrail needs the answer.
        """
        log = self.logging_obj
        if (
            not self.relayed
            or not self.sent_last_chunk
            or litellm.cache is not None
            or getattr(log, "_on_deferred_stream_complete", None) is not None
        ):
            return await super()._finalize_completed_stream(cache_hit)
        if not self.is_logged:
            self.is_logged = True
            answer = litellm.stream_chunk_builder(self.chunks, messages=self.messages, logging_obj=log)
            self._propagate_usage_cost_to_hidden_params(answer, self.custom_llm_provider)
            logging = asyncio.create_task(
                log.dispatch_success_handlers(answer, cache_hit=cache_hit, prefer_async_handlers=True)
            )
            _LOGGING.add(logging)
            logging.add_done_callback(_LOGGING.discard)
            self._restore_consumer_correlation_context()
        raise StopAsyncIteration
