"""A stream written by the engine: its end, its pings, and the conditions that prevent the takeover."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncGenerator
from typing import Any

import litellm
import pytest
from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.litellm_logging import Logging

from custom_providers.engine.answers.litellm_answers import Chunks
from custom_providers.engine.answers.usage import Usage
from custom_providers.engine.clients import responses
from custom_providers.engine.clients.chat import ChatWriter
from custom_providers.engine.clients.messages import MessagesWriter
from custom_providers.engine.clients.responses import ResponsesWriter
from custom_providers.engine.clients.same_messages import SameMessagesWriter
from custom_providers.engine.clients.writer import Writer
from custom_providers.engine.connection import timing
from custom_providers.engine.custom_llm import stream_inspection
from custom_providers.engine.errors.failure import Failure, FailureKind, UpstreamError
from custom_providers.engine.errors.statuses import StatusJudge
from custom_providers.engine.provider_call import Batch, Ending
from custom_providers.engine.streaming.stream import AnswerStream, ReadyStream

BEGINNINGS: dict[str, tuple[Writer, dict[str, Any]]] = {
    "chat": (ChatWriter(usage=True), {"id": "c1", "model": "m", "created": 1, "choices": []}),
    "messages": (MessagesWriter(), {"type": "message_start", "message": {"id": "msg_1", "model": "m", "usage": {}}}),
    "responses": (ResponsesWriter(), {"type": "response.created", "response": {"id": "resp_1"}, "model": "m"}),
}
CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}


def _writer(protocol: str) -> Writer:
    kind, beginning = BEGINNINGS[protocol]
    writer = ChatWriter(usage=True) if protocol == "chat" else type(kind)()
    assert writer.begin(f"data: {json.dumps(beginning)}\n\n".encode())
    return writer


def _failure() -> UpstreamError:
    return UpstreamError(StatusJudge(provider="house", key="sk-secret").seen(FailureKind.CUT, "it broke"))


async def _batches(*deltas: dict[str, Any], error: bool = False, pause: float = 0.0) -> AsyncGenerator[Batch, None]:
    for delta in deltas:
        await asyncio.sleep(pause)
        yield Batch(id="c1", deltas=[delta], events=[])
    if error:
        raise _failure()
    ending = Ending(finish="stop", usage=USAGE, spent_on_reasoning=False)
    yield Batch(id="c1", deltas=[], events=[], usage=USAGE, ending=ending)


def _run(protocol: str, batches: AsyncGenerator[Batch, None]) -> tuple[bytes, list[Any]]:
    """Returns what the client and LiteLLM received; the last item for LiteLLM may be an exception."""

    async def run() -> tuple[bytes, list[Any]]:
        async def begin() -> AsyncGenerator[Batch, None]:
            return batches

        def failed(failure: Failure) -> Any:
            return litellm.BadGatewayError(failure.message, "house", "m")

        stream = AnswerStream(begin, Chunks("m", "one"), failed=failed, spent=lambda: None, writer=_writer(protocol))
        had: list[Any] = [await anext(await stream.opened())]
        assert stream.take(f"data: {json.dumps(BEGINNINGS[protocol][1])}\n\n".encode())
        written: list[bytes] = []

        async def write(data: bytes) -> None:
            written.append(data)

        await stream.run(write)
        try:
            had += [chunk async for chunk in stream]
        except litellm.BadGatewayError as error:
            had.append(error)
        return b"".join(written), had

    return asyncio.run(run())


@pytest.mark.parametrize("protocol", BEGINNINGS)
def test_litellm_gets_the_whole_answer_once_with_the_upstreams_usage(protocol: str):
    said = ({"reasoning_content": "hm"}, {"content": "a"}, {"content": "b"}, {"tool_calls": [CALL]})

    _, had = _run(protocol, _batches(*said))

    deltas = [chunk.choices[0].delta for chunk in had]
    pretended = protocol != "chat"
    assert "".join(delta.content or "" for delta in deltas[pretended:]) == "ab"
    assert "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas) == "hm"
    assert [call.function.name for delta in deltas for call in delta.tool_calls or ()] == ["f"]
    assert [chunk.usage.total_tokens for chunk in had if getattr(chunk, "usage", None)] == [7]
    assert len(had) <= 6


@pytest.mark.parametrize("protocol", BEGINNINGS)
def test_an_error_in_the_middle_has_the_clients_shape_and_is_litellms_too(protocol: str):
    written, had = _run(protocol, _batches({"content": "Well"}, error=True))

    last = json.loads([line for line in written.splitlines() if line.startswith(b"data: {")][-1][6:])
    error = last["response"]["error"] if protocol == "responses" else last["error"]
    assert "house ended its answer before it was complete" in error["message"]
    assert {"chat": "server_error", "messages": "api_error"}.get(protocol) == error.get("type")
    assert b'finish_reason":"stop' not in written
    assert b"message_stop" not in written
    assert isinstance(had[-1], litellm.BadGatewayError)


def test_a_response_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(responses, "LONGEST", 4 * 1024**2)

    written, had = _run("responses", _batches(*[{"content": "x" * 1024**2}] * 9))

    kinds = [line.split()[1] for line in written.splitlines() if line.startswith(b"event:")]
    assert kinds.count(b"response.output_text.delta") == 3
    assert kinds[-1] == b"response.failed"
    assert b"is not complete after 4 million characters" in written
    assert isinstance(had[-1], litellm.BadGatewayError)


def test_a_long_response_may_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(responses, "LONGEST", 4 * 1024**2)

    written, had = _run("responses", _batches(*[{"content": "x" * 1024**2}] * 3))

    assert b"event: response.completed" in written
    assert not isinstance(had[-1], Exception)


@pytest.mark.parametrize("protocol", BEGINNINGS)
def test_silence_brings_pings(protocol: str, monkeypatch: pytest.MonkeyPatch):
    """Pings are sent before the first event and between events."""
    monkeypatch.setattr(timing, "OPEN_AFTER", 0.01)
    monkeypatch.setattr(timing, "PING_AFTER", 0.02)

    written, had = _run(protocol, _batches({"content": "a"}, {"content": "b"}, pause=0.5))

    assert written.startswith(BEGINNINGS[protocol][0].ping)
    assert written.count(BEGINNINGS[protocol][0].ping) > 2
    assert "".join(chunk.choices[0].delta.content or "" for chunk in had[1:]) == "ab"


@pytest.mark.parametrize("protocol", BEGINNINGS)
def test_events_of_a_response_are_numbered_and_items_follow_one_another(protocol: str):
    written, _ = _run(protocol, _batches({"reasoning_content": "hm"}, {"content": "a"}, {"tool_calls": [CALL]}))
    events = [json.loads(line[6:]) for line in written.splitlines() if line.startswith(b"data: {")]

    if protocol == "responses":
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
        kinds = [item["type"] for item in events[-1]["response"]["output"]]
        assert kinds == ["reasoning", "message", "function_call"]
    elif protocol == "messages":
        starts = [event for event in events if event["type"] == "content_block_start"]
        assert [event["index"] for event in starts] == [0, 1, 2]
        assert starts[0]["content_block"]["signature"] == ""


def test_a_provider_that_speaks_messages_is_passed_on_under_the_clients_name():
    writer = SameMessagesWriter()
    assert writer.begin(f"data: {json.dumps(BEGINNINGS['messages'][1])}\n\n".encode())
    start = {"type": "message_start", "message": {"id": "msg_up", "model": "claude-upstream", "extra": 1}}

    written = writer.write(Batch(id="", deltas=[], events=[start, {"type": "new_event", "field": [1]}]))

    assert json.loads(written.splitlines()[1][6:])["message"] == {"id": "msg_up", "model": "m", "extra": 1}
    assert json.loads(written.splitlines()[4][6:]) == {"type": "new_event", "field": [1]}


class _Logs(CustomLogger):  # type: ignore[misc]  # LiteLLM is untyped to us
    def __init__(self) -> None:
        super().__init__()
        self.answers: list[dict[str, Any]] = []

    async def async_log_success_event(self, response_obj: Any, **_: Any) -> None:
        """Receives the answer that LiteLLM bills."""
        self.answers.append(response_obj.model_dump(exclude={"id", "created"}))


async def _logged(logs: _Logs, usage: Usage | None, *, relayed: bool) -> list[dict[str, Any]]:
    async def begin() -> AsyncGenerator[Batch, None]:
        return _said(usage)

    log = Logging("m", [{"role": "user", "content": "hi"}], True, "acompletion", dt.datetime.now(), "call", "")  # noqa: DTZ005 -- LiteLLM's
    log.model_call_details["litellm_params"] = {}
    writer = _writer("chat") if relayed else None
    stream = AnswerStream(
        begin, Chunks("m", "one"), failed=lambda _: AssertionError(), spent=lambda: None, writer=writer
    )
    wrapper = stream.wrapper = ReadyStream(
        completion_stream=await stream.opened(), model="m", custom_llm_provider="openai", logging_obj=log
    )
    await anext(wrapper)
    if relayed:
        assert stream.take(f"data: {json.dumps(BEGINNINGS['chat'][1])}\n\n".encode())
        await stream.run(_drop)
    for _ in range(2):  # LiteLLM's layers read past the end
        assert len([chunk async for chunk in wrapper]) <= (1 if relayed else 6)
    for _ in range(100):
        await asyncio.sleep(0.01 if not logs.answers else 0)
    return logs.answers


async def _said(usage: Usage | None) -> AsyncGenerator[Batch, None]:
    for delta in ({"reasoning_content": "hm"}, {"content": "a"}, {"content": "b"}, {"tool_calls": [CALL]}):
        yield Batch(id="c1", deltas=[delta], events=[])
    ending = Ending(finish="tool_calls", usage=usage, spent_on_reasoning=False)
    yield Batch(id="c1", deltas=[], events=[], usage=usage, ending=ending)


async def _drop(data: bytes) -> None:
    """The client, which is not of interest."""


@pytest.mark.parametrize("usage", [USAGE, None], ids=["usage", "no usage"])
def test_litellm_logs_a_relayed_answer_once_and_as_its_own(usage: Usage | None, monkeypatch: pytest.MonkeyPatch):
    """Also where the provider reports no usage, and LiteLLM's own end is used."""
    found = []
    for relayed in (True, False):
        logs = _Logs()
        monkeypatch.setattr(litellm, "_async_success_callback", [logs])
        found.append(asyncio.run(_logged(logs, usage, relayed=relayed)))

    assert found[0] == found[1]
    assert len(found[0]) == 1
    assert found[0][0]["choices"][0]["finish_reason"] == "tool_calls"
    assert found[0][0]["choices"][0]["message"]["content"] == "ab"
    assert usage is None or found[0][0]["usage"]["total_tokens"] == 7


class _Watches(CustomLogger):  # type: ignore[misc]  # LiteLLM is untyped to us
    async def async_post_call_streaming_hook(self, *_: Any, **__: Any) -> None:
        """Receives a chunk."""


@pytest.mark.parametrize(
    ("callback", "looks"), [(CustomLogger(), False), (_Watches(), True), (CustomGuardrail(guardrail_name="g"), True)]
)
def test_whoever_looks_into_streams_prevents_it(callback: Any, looks: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(litellm, "callbacks", [callback])

    assert stream_inspection.by_callbacks() is looks
