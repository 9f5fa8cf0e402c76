"""The handler works in LiteLLM's SDK without a proxy, sync and async, and leaks nothing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from pointsman.simulator import Simulator
from pointsman.simulator.providers.kimi import CODING_KEY
from tests.patience import SECONDS

HELLO = [{"role": "user", "content": "one two three"}]


@pytest.fixture(scope="module")
def litellm() -> Iterator[Any]:
    """LiteLLM with the handler registered as in a library user's code."""
    import litellm as library
    from litellm.utils import custom_llm_setup

    from custom_providers.kimi.handler import KimiHandler

    handler = KimiHandler({})
    library.custom_provider_map = [{"provider": "kimi", "custom_handler": handler}]
    custom_llm_setup()
    library.suppress_debug_info = True
    yield library
    library.custom_provider_map = []
    asyncio.run(handler.close())


@pytest.fixture
def call(simulator: Simulator) -> dict[str, Any]:
    """The arguments of a call to the simulated Kimi Code."""
    base_url = f"{simulator.url}/kimi/coding/v1"
    return {"model": "kimi/k3", "api_base": base_url, "api_key": CODING_KEY, "messages": HELLO}


def test_sync_calls_answer(litellm: Any, call: dict[str, Any]):
    """A caller without an event loop gets the same answer."""
    assert litellm.completion(**call).choices[0].message.content == "one two three"


def test_sync_streams_answer_and_can_be_left(litellm: Any, call: dict[str, Any]):
    """A stream can be read to the end or closed early."""
    words = [chunk.choices[0].delta.content for chunk in litellm.completion(**call, stream=True)]
    assert "".join(word for word in words if word) == "one two three"
    left = litellm.completion(**call, stream=True)
    assert next(left).choices
    left.completion_stream.close()


def test_sync_errors_are_litellms(litellm: Any, call: dict[str, Any]):
    """The exceptions have the status, and are not retryable."""
    with pytest.raises(litellm.AuthenticationError, match="refused the key") as caught:
        litellm.completion(**{**call, "api_key": "sk-kimi-wrong"})
    assert caught.value.num_retries == 0


def test_without_a_base_url_the_key_decides(litellm: Any):
    """A key of unknown shape and a missing key are refused before any attempt."""
    for key, says in (("other-1234", "neither account system"), ("", "there is none")):
        with pytest.raises(litellm.AuthenticationError, match=says):
            litellm.completion(model="kimi/k3", messages=HELLO, api_key=key)


def test_the_timeout_variable_beats_the_calls(call: dict[str, Any], simulator: Simulator):
    """A stalled call ends after the variable's value."""
    import litellm

    from custom_providers.kimi.handler import KimiHandler

    handler = KimiHandler({"KIMI_TIMEOUT_SECS": "0.3"})
    before = litellm.custom_provider_map
    litellm.custom_provider_map = [{"provider": "kimi", "custom_handler": handler}]
    simulator.script("kimi", "hang")
    try:
        with pytest.raises(litellm.Timeout, match=r"nothing came for 0\.3 s"):
            litellm.completion(**call, timeout=SECONDS)
    finally:
        litellm.custom_provider_map = before
        asyncio.run(handler.close())


def test_a_thousand_calls_and_a_hundred_cancelled_streams_leave_nothing_behind(litellm: Any, call: dict[str, Any]):
    """The numbers of open files and tasks return to their initial values, apart from pooled connections."""

    async def main() -> None:
        unused = _open_files()
        await _batch(litellm, call, 20)
        await _settled(lambda: True)
        files, tasks = _open_files(), len(asyncio.all_tasks())
        for _ in range(50):
            await _batch(litellm, call, 20)
        for _ in range(5):
            await asyncio.gather(
                *(_left(litellm, call) for _ in range(10)), *(_cancelled(litellm, call) for _ in range(10))
            )
        await _settled(lambda: len(asyncio.all_tasks()) <= tasks and _open_files() <= files)
        assert len(asyncio.all_tasks()) <= tasks
        assert _open_files() <= files
        await litellm.custom_provider_map[0]["custom_handler"].close()
        await _settled(lambda: _open_files() <= unused + 3)
        # LiteLLM's own event loop keeps up to three descriptors.
        assert _open_files() <= unused + 3

    asyncio.run(main())


def test_the_process_ends_without_a_word_about_connections(simulator: Simulator):
    """Sessions close with their loops, for async and sync callers, so that no "Unclosed" appears at exit."""
    script = f"""
        import asyncio, litellm
        from litellm.utils import custom_llm_setup
        from custom_providers.kimi.handler import KimiHandler
        litellm.custom_provider_map = [{{"provider": "kimi", "custom_handler": KimiHandler()}}]
        custom_llm_setup()
        call = dict(model="kimi/k3", api_base="{simulator.url}/kimi/coding/v1", api_key="{CODING_KEY}",
                    messages=[{{"role": "user", "content": "hi"}}])
        asyncio.run(litellm.acompletion(**call))
        litellm.completion(**call)
    """
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    assert "Unclosed" not in ended.stderr


async def _batch(litellm: Any, call: dict[str, Any], size: int) -> None:
    await asyncio.gather(*(litellm.acompletion(**call) for _ in range(size)))


async def _left(litellm: Any, call: dict[str, Any]) -> None:
    """Closes a stream after the first chunk."""
    stream = await litellm.acompletion(**call, stream=True)
    await anext(stream)
    await stream.aclose()


async def _cancelled(litellm: Any, call: dict[str, Any]) -> None:
    """Cancels the reader of a stream while it waits."""

    async def read() -> None:
        stream: AsyncIterator[Any] = await litellm.acompletion(**call, stream=True)
        async for _ in stream:
            begun.set()
            await asyncio.sleep(60)

    begun = asyncio.Event()
    reader = asyncio.create_task(read())
    await begun.wait()
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)


async def _settled(holds: Any) -> None:
    for _ in range(200):
        await asyncio.sleep(0.05)
        if holds():
            return


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 -- creating a Path per descriptor is too slow here
