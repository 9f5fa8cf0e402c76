"""LiteLLM parses a stream again only where the engine did not take it over."""

from __future__ import annotations

import contextvars
import json

import pytest
from litellm.litellm_core_utils.served_output_texts import served_stream_output_texts

from custom_providers.engine.streaming import exchange
from custom_providers.engine.streaming.exchange import Exchange
from custom_providers.litellm_patches.streams import served_texts

EVENTS = (
    {"type": "message_start", "message": {"id": "msg_1", "role": "assistant", "model": "m", "content": []}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Well"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
    {"type": "message_stop"},
)
CHUNKS = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in EVENTS]


class _Relay:
    def take(self, first: bytes) -> bool:
        return bool(first)

    async def run(self, write: exchange.Write) -> None:
        await write(b"")


@pytest.mark.parametrize("stream", ["no client's", "litellms", "engines"])
def test_only_streams_that_litellm_writes_are_searched(stream: str):
    search = served_texts.unless_taken_over(served_stream_output_texts)

    def searched() -> object:
        if stream != "no client's":
            current = Exchange("messages")
            current.relay = _Relay() if stream == "engines" else None
            exchange.CURRENT.set(current)
        return search(CHUNKS)

    assert contextvars.copy_context().run(searched) == (None if stream == "engines" else ("Well",))
