"""Chunks cause no unnecessary work in LiteLLM."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import litellm
import pytest
from litellm import CustomStreamWrapper
from litellm.litellm_core_utils.litellm_logging import Logging

from custom_providers.engine.answers.litellm_answers import Chunks
from custom_providers.engine.answers.usage import Usage
from custom_providers.engine.provider_call import Batch, Ending
from custom_providers.engine.streaming.stream import AnswerStream, ReadyStream

USAGE: Usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}


@pytest.fixture(autouse=True)
def _kimi_is_a_custom_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(litellm, "_custom_providers", ["kimi"])


async def _batches() -> AsyncGenerator[Batch, None]:
    yield Batch(id="chat-1", deltas=[{"reasoning_content": "hm"}, {"content": "PONG"}], events=[])
    ending = Ending(finish="stop", usage=USAGE, spent_on_reasoning=False)
    yield Batch(id="chat-1", deltas=[], events=[], ending=ending)


def _stream() -> AnswerStream:
    async def begin() -> AsyncGenerator[Batch, None]:
        return _batches()

    return AnswerStream(begin, Chunks("kimi-k2", "one"), failed=lambda _: AssertionError(), spent=lambda: None)


def test_every_chunk_names_its_deployment():
    """Otherwise LiteLLM tries all its patterns for each chunk."""
    chunks = Chunks("kimi-k2", "one")
    ending = Ending(finish="stop", usage=USAGE, spent_on_reasoning=False)

    made = [chunks.delta({"content": "PONG"}), *chunks.ending(ending)]

    assert [chunk.hidden_params["model_id"] for chunk in made] == ["one"] * 3


def test_a_chunk_goes_through_the_wrapper_as_it_is():
    """The object is not copied; LiteLLM's own code creates another one and discards it."""
    wrapper: Any = ReadyStream.__new__(ReadyStream)
    chunk = Chunks("kimi-k2", "one").delta({"content": "PONG"})

    assert wrapper.chunk_creator(chunk) is chunk


def test_a_stream_comes_out_of_the_wrapper_as_out_of_litellms():
    """All chunks equal those of LiteLLM's own wrapper: deltas, one finish reason, the upstream's usage, one id."""
    ours, litellms = (asyncio.run(_read(wrapper)) for wrapper in (ReadyStream, CustomStreamWrapper))

    assert ours == litellms
    assert [chunk["choices"][0]["finish_reason"] for chunk in ours if chunk["choices"]].count("stop") == 1
    assert {chunk["id"] for chunk in ours} == {"chat-1"}
    assert [chunk["usage"]["completion_tokens"] for chunk in ours if chunk.get("usage")] == [7]


async def _read(wrapper: type[CustomStreamWrapper]) -> list[dict[str, Any]]:
    log = Logging("kimi-k2", [], True, "acompletion", None, "call", "")
    log.model_call_details["litellm_params"] = {}
    stream = wrapper(
        completion_stream=_stream(), model="kimi-k2", logging_obj=log, custom_llm_provider="kimi",
        stream_options={"include_usage": True},
    )  # fmt: skip
    return [chunk.model_dump(exclude={"created"}) async for chunk in stream]
