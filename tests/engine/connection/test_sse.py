"""Server-sent events are parsed from bytes, however they are split and terminated."""

from __future__ import annotations

import json

import pytest

from custom_providers.engine.connection import sse
from custom_providers.engine.connection.sse import EndlessLineError, Lines

EVENTS = [{"a": 1}, {"text": "zwei\nZeilen 满血"}, {"b": None}]


def _stream(end: str) -> bytes:
    lines = [": hello", "event: x", *(f"data:{json.dumps(event, ensure_ascii=False)}" for event in EVENTS[:2]), ""]
    lines += [f"data: {json.dumps(EVENTS[2])}", "id: 7", "", "data: [DONE]", ""]
    return (end.join(lines) + end).encode()


def _read(parts: list[bytes], *, bare: bool = False) -> list[object]:
    lines = Lines(bare=bare)
    payloads = [payload for part in parts for payload in lines.feed(part)] + lines.close()
    assert lines.stray == b""
    return [json.loads(payload) for payload in payloads if payload != sse.DONE]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_a_stream_may_be_cut_at_every_byte(end: str):
    stream = _stream(end)

    for cut in range(len(stream) + 1):
        assert _read([stream[:cut], stream[cut:]]) == EVENTS
    assert _read([stream[at : at + 1] for at in range(len(stream))]) == EVENTS


def test_a_byte_order_mark_is_no_part_of_the_first_event():
    assert _read([b"\xef\xbb\xbf" + _stream("\n")]) == EVENTS


def test_lines_of_json_are_events_where_the_wire_has_no_others():
    assert _read([b'{"a": 1}\n{"te', b'xt": 2}\r\n', b'{"c": 3}'], bare=True) == [{"a": 1}, {"text": 2}, {"c": 3}]


def test_what_is_no_event_is_kept_for_the_error():
    lines = Lines()

    assert lines.feed(b"<html>\nBad gateway\n") == []
    assert lines.stray == b"<html>\nBad gateway\n"


def test_an_event_of_ten_megabytes_comes_whole():
    text = "x" * 10_000_000
    stream = b"data: " + json.dumps({"text": text}).encode() + b"\n\n"

    assert _read([stream[at : at + 65_536] for at in range(0, len(stream), 65_536)]) == [{"text": text}]


def test_a_line_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sse, "LONGEST_LINE", 1000)
    lines = Lines()
    for _ in range(10):
        lines.feed(b"x" * 100)

    with pytest.raises(EndlessLineError):
        lines.feed(b"x")


def test_an_object_may_be_in_several_lines():
    pretty = json.dumps({"a": {"b": [1]}, "c": 2}, indent=1)
    stream = "".join(f"data: {line}\n" for line in pretty.splitlines()) + '\ndata: {"d": 3}\n\n'
    for cut in range(len(stream) + 1):
        assert _read([stream[:cut].encode(), stream[cut:].encode()]) == [{"a": {"b": [1]}, "c": 2}, {"d": 3}]


@pytest.mark.parametrize("rest", [b'\ndata: {"d": 3}\n\n', b""])
def test_an_object_that_does_not_end_is_a_payload_for_the_error(rest: bytes):
    lines = Lines()
    payloads = lines.feed(b'data: {"a": \n' + rest) + lines.close()
    assert payloads[0].strip() == b'{"a":'
    assert payloads[1:] == ([b'{"d": 3}'] if rest else [])


def test_an_object_in_lines_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sse, "LONGEST_LINE", 1000)
    lines = Lines()
    with pytest.raises(EndlessLineError):
        lines.feed(b"data: {\n" + b"data: 12345\n" * 300)
