"""Streams are parsed from bytes to deltas."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_providers.engine.answers.answer import ErrorUnder200Error, from_chat
from custom_providers.engine.connection.sse import DONE, Lines
from custom_providers.engine.wires.chat import ChatReader, merged
from custom_providers.engine.wires.messages import MessagesReader
from custom_providers.engine.wires.tool_fragments import ToolFragments

STREAM = b'data: {"a":1}\n\n: ping\n\nevent: x\ndata:{"b":2}\r\n\r\nid: 1\nretry: 5\ndata: [DONE]\n\n'


@given(st.lists(st.integers(min_value=0, max_value=len(STREAM)), max_size=8))
def test_events_do_not_depend_on_where_reads_end(cuts: list[int]):
    """The payloads are the same however the bytes are split."""
    lines = Lines()
    edges = [0, *sorted(cuts), len(STREAM)]
    parts = [STREAM[start:end] for start, end in pairwise(edges)]
    payloads = [payload for part in parts for payload in lines.feed(part)] + lines.close()
    assert payloads == [b'{"a":1}', b'{"b":2}', DONE]
    assert lines.stray == b""


def test_a_last_line_without_its_end_counts():
    """Some servers omit the last newline."""
    lines = Lines()
    assert lines.feed(b"data: [DONE]") == []
    assert lines.close() == [DONE]


def test_what_is_no_event_is_kept():
    """For example an HTML page or an error with status 200."""
    lines = Lines()
    lines.feed(b"<html>\n<title>504</title>\n")
    assert lines.stray == b"<html>\n<title>504</title>\n"


def test_neighbours_of_one_read_become_one_delta():
    """Adjacent text or adjacent reasoning is merged, but never across another kind or a tool call."""
    call = {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}
    deltas: list[Any] = [
        {"reasoning_content": "a"},
        {"reasoning_content": "b"},
        {"content": "c"},
        {"content": "d"},
        call,
    ]
    assert merged([*deltas, {"content": "e"}]) == [
        {"reasoning_content": "ab"},
        {"content": "cd"},
        call,
        {"content": "e"},
    ]
    assert deltas[0] == {"reasoning_content": "a"}


def test_the_last_usage_counts_and_is_not_added():
    """The stream has the same usage twice, in the choice and at the top level."""
    reader = ChatReader({})
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "cached_tokens": 2}
    reader.feed({"id": "x", "choices": [{"delta": {}, "finish_reason": "stop", "usage": usage}]})
    reader.feed({"id": "x", "choices": [], "usage": usage})
    assert reader.usage == {
        "prompt_tokens": 3,
        "completion_tokens": 4,
        "total_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 2},
    }


@pytest.mark.parametrize("reader", [ChatReader({}), MessagesReader({})])
def test_an_error_event_is_raised_with_its_error(reader: Any):
    """Holds for both protocols."""
    with pytest.raises(ErrorUnder200Error) as caught:
        reader.feed({"type": "error", "error": {"message": "x"}})
    assert caught.value.error == {"message": "x"}


@given(st.data())
def test_tool_calls_are_whole_however_their_fragments_come(data: st.DataObject):
    """For any number of calls, split and interleaved in any way, each call is emitted once, in order, complete."""
    arguments = [orjson.dumps({"path": f"file-{n}"}).decode() for n in range(data.draw(st.integers(1, 4)))]
    queues = []
    for index, text in enumerate(arguments):
        cut = data.draw(st.integers(0, len(text)))
        names = data.draw(st.sampled_from([("f", None), (None, "f")]))
        queues.append(
            [
                {"index": index, "id": f"id-{index}", "function": {"name": names[0], "arguments": text[:cut]}},
                {"index": index, "id": "changed", "function": {"name": names[1], "arguments": text[cut:]}},
            ]
        )
    fragments = ToolFragments({"f": "original.name"})
    deltas: list[Any] = []
    begun: list[int] = []
    while any(queues):
        queue = data.draw(st.sampled_from([queue for queue in queues if queue]))
        fragment: Any = queue.pop(0)
        begun += [fragment["index"]] if fragment["index"] not in begun else []
        deltas += fragments.feed(fragment)
    deltas += fragments.rest()
    order = [delta["tool_calls"][0]["index"] for delta in deltas]
    for number, index in enumerate(begun):
        mine = [delta["tool_calls"][0] for delta in deltas if delta["tool_calls"][0]["index"] == number]
        assert "".join(part["function"]["arguments"] for part in mine) == arguments[index]
        assert [part["id"] for part in mine if "id" in part] == [f"id-{index}"]
        assert mine[0]["function"]["name"] == "original.name"
    assert len([1 for a, b in pairwise(order) if a != b]) == len(arguments) - 1


def test_a_call_without_an_id_gets_one_that_no_other_call_has():
    """The tool result needs an id to refer to, also when the next answer calls the same function."""
    calls = [ToolFragments({}).feed({"index": 2, "function": {"name": "f", "arguments": ""}}) for _ in range(2)]
    ids = [delta["tool_calls"][0]["id"] for (delta,) in calls]
    assert ids[0].startswith("call_")
    assert ids[0] != ids[1]


def _fed(*fragments: tuple[int, str | None, str | None, str]) -> list[list[tuple[int, str]]]:
    """Returns the index and arguments emitted after each fragment (index, id, name, arguments), and at the end."""
    merging = ToolFragments({})
    steps = [
        merging.feed({"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}})
        for index, call_id, name, arguments in fragments
    ]
    steps.append(merging.rest())
    calls = [[delta["tool_calls"][0] for delta in step] for step in steps]
    return [[(call["index"], call["function"]["arguments"]) for call in step] for step in calls]


def test_each_of_several_calls_is_streamed_as_it_comes():
    """The second call also streams, as soon as the arguments of the first are complete."""
    assert _fed((0, "a", "f", '{"p"'), (0, None, None, ":1}"), (1, "b", "f", '{"q'), (1, None, None, '":2}')) == [
        [(0, '{"p"')],
        [(0, ":1}")],
        [(1, '{"q')],
        [(1, '":2}')],
        [],
    ]


def test_a_call_that_alternates_with_another_waits_for_that_one_only():
    """With three calls announced together, each follows as soon as the previous one is complete."""
    announced = [(0, "a", "f", ""), (1, "b", "f", ""), (2, "c", "f", "")]
    assert _fed(*announced, (1, None, None, '{"q":2}'), (0, None, None, '{"p":1}'), (2, None, None, "{}")) == [
        [(0, "")],
        [],
        [],
        [],
        [(0, '{"p":1}'), (1, '{"q":2}'), (2, "")],
        [(2, "{}")],
        [],
    ]


def test_whole_calls_that_claim_one_index_are_several():
    """Some hosts send each call complete, but all with index 0."""
    assert _fed((0, "a", "f", '{"p":1}'), (0, "b", "f", '{"p":2}'), (0, "c", "g", "{}")) == [
        [(0, '{"p":1}')],
        [(1, '{"p":2}')],
        [(2, "{}")],
        [],
    ]


def test_a_call_of_another_function_is_another_call_though_the_one_before_has_no_arguments():
    """Servers that send no index put all calls at index 0."""
    assert _fed((0, "a", "f", ""), (0, "b", "g", '{"q":2}'), (0, "c", "h", "")) == [
        [(0, "")],
        [],
        [],
        [(0, "{}"), (1, '{"q":2}'), (2, "{}")],
    ]


def test_arguments_that_arrive_as_an_object_become_text():
    """Some servers of open models send them as Ollama does."""
    called = {"id": "a", "function": {"name": "f", "arguments": {"city": "Köln", "days": []}}}
    (delta,) = ToolFragments({}).feed(called)
    body = {"choices": [{"message": {"tool_calls": [called]}, "finish_reason": "tool_calls"}]}
    (call,) = from_chat(body, {}).tool_calls
    assert delta["tool_calls"][0]["function"] == call["function"]
    assert call["function"]["arguments"] == '{"city": "Köln", "days": []}'


def test_calls_without_arguments_are_empty_objects_in_their_order():
    """Only the end of the stream shows that no arguments follow."""
    assert _fed((1, "a", "f", ""), (2, "b", "f", "")) == [[(0, "")], [], [(0, "{}"), (1, "{}")]]


def test_a_tool_block_that_comes_whole_is_not_lost():
    """The block's start has the input, and there are no deltas."""
    reader = MessagesReader({})
    start = {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}}
    opened = reader.feed({"type": "content_block_start", "index": 1, "content_block": start})
    closed = reader.feed({"type": "content_block_stop", "index": 1})
    assert opened[0]["tool_calls"][0]["function"] == {"name": "f", "arguments": ""}
    assert closed == [{"tool_calls": [{"index": 0, "function": {"arguments": '{"a": 1}'}}]}]


@pytest.mark.parametrize(
    ("start", "end", "counted"),
    [
        ({"input_tokens": 10, "cache_read_input_tokens": 90}, {"output_tokens": 5}, (100, 90, 5)),
        ({"input_tokens": 100, "prompt_tokens": 100, "cached_tokens": 90}, {"output_tokens": 5}, (100, 90, 5)),
        ({"input_tokens": 0}, {"input_tokens": 7, "output_tokens": 5}, (7, 0, 5)),
    ],
)
def test_messages_usage_counts_cached_tokens_once(start: Any, end: Any, counted: tuple[int, int, int]):
    """Cached tokens may be separate, as at Anthropic, or part of Kimi's total."""
    reader = MessagesReader({})
    reader.feed({"type": "message_start", "message": {"id": "m", "usage": start}})
    reader.feed({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": end})
    usage = reader.usage
    assert usage is not None
    assert (
        usage["prompt_tokens"],
        usage["prompt_tokens_details"]["cached_tokens"],
        usage["completion_tokens"],
    ) == counted


def test_redacted_thinking_is_passed_on():
    """The client must send it back."""
    reader = MessagesReader({})
    block = {"type": "redacted_thinking", "data": "d"}
    assert reader.feed({"type": "content_block_start", "index": 0, "content_block": block}) == [
        {"thinking_blocks": [block]}
    ]
