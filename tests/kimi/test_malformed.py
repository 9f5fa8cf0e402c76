"""Answers and streams that are not valid are reported as Kimi's failures."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from custom_providers.engine.answers import answer
from custom_providers.engine.answers.answer import ErrorUnder200Error
from custom_providers.engine.answers.checked_parts import UnreadableError, document
from custom_providers.engine.answers.litellm_answers import Chunks, whole
from custom_providers.engine.provider_call import Ending
from custom_providers.engine.wires.chat import ChatReader, Reader, merged
from custom_providers.engine.wires.messages import MessagesReader
from pointsman.simulator.answers import json_answer, stream_answer
from pointsman.simulator.wire.encoding import sse
from tests.kimi.conftest import Gateway

Path = tuple[str | int, ...]

JUNK: list[Any] = [None, 5, 1.5, True, "", "x", [], [None], [5], ["x"], [[]], [{}], {}, {"a": 1}]

CALL = {"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}
OTHER = {
    "refusal": "no",
    "images": [{"type": "image_url", "image_url": {"url": "data:,"}}],
    "annotations": [{"type": "url_citation", "url_citation": {"url": "http://x", "start_index": 0, "end_index": 1}}],
    "audio": {"id": "a", "data": "AA==", "transcript": "c", "expires_at": 1},
    "reasoning_details": [{"type": "reasoning.text", "text": "r"}],
}
CHAT = {
    "id": "i",
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {"role": "assistant", "content": "c", "reasoning_content": "r", "tool_calls": [CALL], **OTHER},
            "logprobs": {"content": [{"token": "c", "logprob": -1.0, "bytes": [99], "top_logprobs": []}]},
        }
    ],
    "system_fingerprint": "f",
    "citations": ["http://x"],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 1}},
}
MESSAGE = {
    "id": "i",
    "content": [
        {"type": "thinking", "thinking": "t", "signature": "s"},
        {"type": "redacted_thinking", "data": "d"},
        {"type": "text", "text": "x"},
        {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}},
    ],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 1, "output_tokens": 1},
}


def _chunk(delta: Any, **more: Any) -> dict[str, Any]:
    return {"id": "i", "choices": [{"index": 0, "delta": delta, **more}]}


USAGE = {"prompt_tokens": 1, "completion_tokens": 1}
CHUNKS = [
    _chunk({"role": "assistant", "content": ""}),
    _chunk({"reasoning_content": "r"}),
    _chunk({"reasoning_content": "r", "content": "c"}),
    _chunk({"content": "c"}),
    _chunk(OTHER),
    _chunk({"tool_calls": [{"index": 0, **CALL}, {"index": 1, **CALL}]}),
    _chunk({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}),
    _chunk({}, finish_reason="tool_calls", usage=USAGE),
    {"id": "i", "choices": [], "usage": USAGE},
]


def _block(index: int, start: Any, *deltas: Any) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


EVENTS = [
    {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 1}}},
    *_block(0, {"type": "thinking", "thinking": "a"}, {"thinking": "b"}, {"signature": "c"}),
    *_block(1, {"type": "redacted_thinking", "data": "a"}),
    *_block(2, {"type": "text", "text": "a"}, {"text": "b"}),
    *_block(3, {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}}),
    *_block(4, {"type": "tool_use", "id": "t", "name": "f", "input": {}}, {"partial_json": "{}"}),
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 1}},
    {"type": "message_stop"},
]


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from _paths(part, (*path, name))


def _damaged(value: Any) -> Iterator[Any]:
    """Yields copies of the value, each with one part removed or replaced by a wrong value."""
    yield from JUNK
    for *parents, name in filter(None, _paths(value)):
        for junk in (*JUNK, _damaged):
            result = copy.deepcopy(value)
            inside = result
            for parent in parents:
                inside = inside[parent]
            if junk is _damaged:
                del inside[name]
            else:
                inside[name] = junk
            yield result


def _outcome(read: Any, said: Any) -> str:
    """Reads an answer; returns whether it was read, or refused as unreadable or as an error."""
    try:
        read(said)
    except (UnreadableError, ErrorUnder200Error):
        return "refused"
    except Exception as error:
        raise AssertionError(json.dumps(said)) from error
    return "read"


@pytest.mark.parametrize(("read", "sound"), [(answer.from_chat, CHAT), (answer.from_messages, MESSAGE)])
def test_a_whole_answer_with_anything_wrong_is_read_or_unreadable(read: Any, sound: Any):
    """No other exception is raised."""

    def taken(said: Any) -> None:
        whole(read(document(said), {}), "m", signed=True).model_dump_json(warnings="error")

    assert _outcome(taken, sound) == "read"
    assert {_outcome(taken, said) for said in _damaged(sound)} == {"read", "refused"}


@pytest.mark.parametrize(("reader", "sound"), [(ChatReader, CHUNKS), (MessagesReader, EVENTS)])
def test_a_stream_with_anything_wrong_is_read_or_unreadable(reader: type[Any], sound: list[Any]):
    """The wrong value may be in any event, also in data held back until the end."""

    def taken(events: Any) -> None:
        read: Reader = reader({})
        chunks = Chunks("m", "one")
        deltas = [delta for event in events for delta in read.feed(document(event))]
        made = [chunks.delta(delta) for delta in [*merged(deltas), *read.rest()]]
        ending = Ending(finish=read.finish or "stop", usage=read.usage, spent_on_reasoning=read.spent_on_reasoning)
        for chunk in [*made, *chunks.ending(ending)]:
            chunk.model_dump_json(warnings="error")

    assert _outcome(taken, sound) == "read"
    damaged = [events for events in _damaged(sound) if isinstance(events, list)]
    assert {_outcome(taken, events) for events in damaged} == {"read", "refused"}


@pytest.mark.parametrize("said", [CHAT, MESSAGE], ids=["chat", "messages"])
def test_a_tool_call_without_a_function_is_unreadable(said: Any):
    """No client can execute it."""
    damaged = json.loads(json.dumps(said).replace('"name": "f"', '"name": null'))
    read = answer.from_chat if said is CHAT else answer.from_messages
    with pytest.raises(UnreadableError, match="names no function"):
        read(damaged, {})


CALL_OF_NOTHING = {"role": "assistant", "content": None, "tool_calls": [{"id": "x"}]}
WHOLE = {
    "no-choice": {"choices": [None]},
    "no-function": {"choices": [{"message": CALL_OF_NOTHING, "finish_reason": "tool_calls"}]},
    "no-object": [],
    "no-text": {"choices": [{"message": {"content": 5}}]},
    "too-deep": {"choices": json.loads("[" * 900 + "]" * 900)},
}


def _is_kimis_failure(response: Any) -> bool:
    """Asserts that it is a retryable error for a malformed answer, which reveals nothing about our code."""
    assert (response.status_code, response.headers["x-pointsman-error"]) == (502, "malformed_answer"), response.text
    assert response.headers["x-should-retry"] == "true"
    assert "cannot be read" in response.json()["error"]["message"]
    assert "Traceback" not in response.text
    return True


@pytest.mark.proxy
@pytest.mark.parametrize("said", WHOLE.values(), ids=list(WHOLE))
def test_a_whole_answer_that_cannot_be_read_is_kimis_failure(gateway: Gateway, said: Any):
    """The error does not blame the client."""
    gateway.upstreams.script("kimi", json_answer(said))
    assert _is_kimis_failure(gateway.chat("once/k3"))


@pytest.mark.proxy
@pytest.mark.parametrize("said", [{"content": ["x"]}, {"content": [{"type": "tool_use"}]}, {"content": 5}, "x"])
def test_a_whole_message_that_cannot_be_read_is_kimis_failure(gateway: Gateway, said: Any):
    """The same over the Anthropic protocol."""
    gateway.upstreams.script("kimi", json_answer(said))
    assert _is_kimis_failure(gateway.chat("once-anthropic/k3"))


@pytest.mark.proxy
@pytest.mark.parametrize(
    "events",
    [
        [{"choices": [None]}],
        [{"choices": [{"delta": {"content": 5}}]}],
        [5],
    ],
)
def test_a_stream_that_cannot_be_read_is_kimis_failure(gateway: Gateway, events: list[Any]):
    """Before the first content, the client gets a plain error."""
    gateway.upstreams.script("kimi", stream_answer([sse(event) for event in events]))
    assert _is_kimis_failure(gateway.chat("once/k3", stream=True))


@pytest.mark.proxy
@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_cannot_be_read_is_asked_for_again(gateway: Gateway, stream: bool):
    """Like any transient failure, it is retried; the client sees only the second answer."""
    broken = stream_answer([sse({"choices": [None]})]) if stream else json_answer({"choices": [None]})
    gateway.upstreams.script("moonshot", broken)
    response = gateway.chat("moonshot/kimi-k3", stream=stream)
    assert response.status_code == 200, response.text
    assert gateway.logged(response)["facts"]["repeated"] == ["malformed_answer"]
    assert len(gateway.received()) == 2


@pytest.mark.proxy
@pytest.mark.parametrize("wait", ["nan", "inf"])
def test_a_retry_after_that_is_no_time_is_no_failure_of_ours(gateway: Gateway, wait: str):
    """The client gets Kimi's error."""
    overloaded = {"error": {"message": "The engine is currently overloaded", "type": "engine_overloaded_error"}}
    gateway.upstreams.script("kimi", json_answer(overloaded, status=429, headers={"Retry-After": wait}))
    response = gateway.chat("once/k3")
    assert (response.status_code, response.headers["x-pointsman-error"]) == (429, "overloaded"), response.text
    assert response.headers.get("retry-after") not in {"nan", "inf"}
