"""The chunks of one call, as the async iterator that LiteLLM reads a stream from."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable

from litellm import CustomStreamWrapper  # noqa: TID253 -- LiteLLM imports this module
from litellm.types.utils import ModelResponseStream  # noqa: TID253 -- as above

from custom_providers.kimi.client import Item, Opening
from custom_providers.kimi.errors.failure import KimiError
from custom_providers.kimi.errors.litellm_errors import exception
from custom_providers.kimi.facts import Watching
from custom_providers.kimi.response.litellm_answers import Chunks


class KimiStream:
    """Gives the chunks of a stream; errors are LiteLLM's, and noted in the call's facts."""

    def __init__(
        self,
        begin: Callable[[], Awaitable[AsyncGenerator[Item, None]]],
        model: str,
        watching: Watching,
        *,
        deployment: str,
    ) -> None:
        """Make a stream that begins when it is opened or first read.

        Args:
            begin: makes the call and gives its items.
            model: the upstream id.
            watching: what notes how it went.
            deployment: LiteLLM's id of the deployment.
        """
        self._begin = begin
        self._items: AsyncGenerator[Item, None] | None = None
        self._ready: deque[ModelResponseStream] = deque()
        self._chunks = Chunks(model, deployment)
        self._model = model
        self._watching = watching
        self._given = 0

    async def opened(self) -> KimiStream:
        """Wait for the first chunk, so that a call that fails before it raises here."""
        await self._fill()
        return self

    def __aiter__(self) -> KimiStream:
        return self

    async def __anext__(self) -> ModelResponseStream:
        self._given += 1
        if self._given == 2:
            # What the first chunk has become is written when the event loop has its turn, and it has none while chunks
            # are ready.
            await asyncio.sleep(0)
        if not self._ready:
            await self._fill()
        return self._ready.popleft()

    async def aclose(self) -> None:
        """End the call, whether it was read to its end or not."""
        if self._items is not None:
            await self._items.aclose()

    async def _fill(self) -> None:
        try:
            if self._items is None:
                self._items = await self._begin()
            while not self._ready:
                self._take(await anext(self._items))
        except KimiError as error:
            raise exception(error.failure, self._model, self._watching) from error

    def _take(self, item: Item) -> None:
        if isinstance(item, dict):
            self._ready.append(self._chunks.delta(item))
        elif isinstance(item, Opening):
            self._chunks.id = item.id
        else:
            if item.spent_on_reasoning:
                self._watching.spent()
            self._ready.extend(self._chunks.ending(item))


class ReadyStream(CustomStreamWrapper):  # type: ignore[misc]  # LiteLLM is untyped to us
    """LiteLLM's wrapper around a ``KimiStream``, whose chunks are what LiteLLM would make of them."""

    def chunk_creator(self, chunk: ModelResponseStream) -> ModelResponseStream | None:
        """As LiteLLM does with a custom provider's chunk, less the answer that it builds beside it and throws away."""
        self.response_id, self.created = chunk.id, chunk.created
        if finish := chunk.choices[0].finish_reason:
            # It comes last and with nothing else; LiteLLM makes the last chunk out of it.
            self.received_finish_reason = finish
            return None
        return chunk
