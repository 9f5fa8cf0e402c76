"""A key is removed in every form in which a provider may quote it, also if it is cut into pieces."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from custom_providers.keys.censor import REMOVED, Censor, CensoredStream
from custom_providers.keys.censored_events import CensoredEvents, CensoredLines

KEY = "sk-canary-7Hq2mZp9/Lx+4_T&w="
OTHER = "AIzaCanary-0123456789"

FORMS: dict[str, Callable[[str], str]] = {
    "itself": str,
    "JSON": lambda key: json.dumps(f"the key is {key}"),
    "JSON in JSON": lambda key: json.dumps(json.dumps(f'"{key}"')),
    "JSON with escaped slashes": lambda key: key.replace("/", "\\/"),
    "JSON with all others escaped": lambda key: "".join(
        each if each.isalnum() or each in "-_" else f"\\u{ord(each):04x}" for each in key
    ),
    "percent": lambda key: quote(key, safe=""),
    "percent, lower case": lambda key: re.sub("%..", lambda code: code[0].lower(), quote(key, safe="")),
    "percent, with slashes": quote,
    "HTML": html.escape,
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 for URLs": lambda key: base64.urlsafe_b64encode(key.encode()).decode(),
    **{
        f"base64 after {user}:": lambda key, user=user: base64.b64encode(f"{user}:{key}".encode()).decode()  # type: ignore[misc]
        for user in ("", "u", "us", "usr", "Bearer ")
    },
    "base64 in the middle": lambda key: base64.b64encode(f"Authorization: Bearer {key}\r\nAccept: *".encode()).decode(),
}


@pytest.mark.parametrize("key", [KEY, OTHER, "sk-12345"])
@pytest.mark.parametrize("form", FORMS)
def test_a_key_is_removed_in_every_form(form: str, key: str):
    quoted = FORMS[form](key)
    data = f'{{"error": "{quoted} is wrong, {quoted}"}}'.encode()

    clean = Censor(["", "short", key, OTHER]).clean(data)

    assert clean.count(REMOVED) == 2
    assert not any(write(key).encode() in clean for write in FORMS.values())
    assert clean.startswith(b'{"error": "')
    assert clean.endswith(b'"}')


def test_a_key_that_begins_like_another_is_removed_whole():
    censor = Censor([OTHER, f"{OTHER}-and-more"])

    assert censor.clean(f"{OTHER}-and-more, {OTHER}".encode()) == REMOVED + b", " + REMOVED


@pytest.mark.parametrize("text", ["sk-", "sk-canary", "task-force", "c2st", ""])
def test_text_that_is_no_key_stays(text: str):
    stream = CensoredStream(Censor([KEY, OTHER]))

    assert stream.feed(text.encode()) + stream.feed(b" is a word") + stream.end() == f"{text} is a word".encode()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [1, 2, 7, 16])
def test_a_key_is_removed_from_an_answer_in_pieces(form: str, size: int):
    data = f'{{"error": "{FORMS[form](KEY)} is wrong"}}'.encode()
    censor = Censor([KEY, OTHER])
    stream = CensoredStream(censor)

    sent = b"".join(stream.feed(data[start : start + size]) for start in range(0, len(data), size)) + stream.end()

    assert sent == censor.clean(data)


EVENTS: dict[str, Callable[[str], bytes]] = {
    "chat": lambda text: json.dumps({"id": "x", "choices": [{"index": 0, "delta": {"content": text}}]}).encode(),
    "reasoning": lambda text: json.dumps(
        {"choices": [{"delta": {"content": "", "reasoning": text, "reasoning_details": [{"text": text}]}}]}
    ).encode(),
    "messages": lambda text: json.dumps(
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
    ).encode(),
    "tool": lambda text: json.dumps(
        {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": text}}
    ).encode(),
    "responses": lambda text: json.dumps({"type": "response.output_text.delta", "delta": text}).encode(),
    "gemini": lambda text: json.dumps({"candidates": [{"content": {"parts": [{"text": text}]}}]}).encode(),
    "ollama": lambda text: json.dumps({"model": "m", "message": {"role": "assistant", "content": text}}).encode(),
}


def _joined(events: list[bytes]) -> str:
    """The text of ``events`` as a client would join it."""
    name = "reasoning" if b"reasoning" in events[0] else "content|text|partial_json|delta"
    return "".join(re.findall(f'"(?:{name})": "([^"]*)"', b"\n".join(events).decode()))


@pytest.mark.parametrize("size", [1, 3, 5, 20, 100])
@pytest.mark.parametrize("protocol", EVENTS)
def test_a_key_over_several_events_is_removed(protocol: str, size: int):
    text = f"Your key {OTHER} is wrong, and {OTHER[:8]} is not one"
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    censored = CensoredEvents(censor := Censor([KEY, OTHER]))

    sent = censored.feed([censor.clean(EVENTS[protocol](piece)) for piece in pieces]) + censored.end()

    assert len(sent) == len(pieces)
    # Up to three characters are sent before it is clear that a key may follow: the vendor's own prefix.
    assert not any(part in _joined(sent) for part in (OTHER[:10], OTHER[4:12], OTHER[-6:]))
    assert "[key removed] is wrong" in _joined(sent)
    assert _joined(sent).endswith(f"and {OTHER[:8]} is not one")
    assert all(json.loads(event) for event in sent)


@pytest.mark.parametrize("protocol", EVENTS)
def test_only_an_event_that_may_begin_a_key_is_held_back(protocol: str):
    censored = CensoredEvents(Censor([KEY, OTHER]))
    write = EVENTS[protocol]

    assert censored.feed([write("a ta"), write("sk"), write("-fo")]) == [write("a ta"), write("sk"), write("-fo")]
    assert censored.feed([write("AIzaCan")]) == []
    assert censored.feed([write("berra")]) == [write("AIzaCan"), write("berra")]
    assert censored.feed([write("AIzaCan")]) == []
    assert censored.feed([b'{"type": "message_stop"}']) == [write("AIzaCan"), b'{"type": "message_stop"}']
    assert censored.feed([write("AIzaCan")]) == []
    assert censored.end() == [write("AIzaCan")]


def test_text_between_two_keys_in_pieces_stays():
    censored = CensoredEvents(Censor([OTHER]))
    write = EVENTS["chat"]

    sent = censored.feed([write("AIzaCan"), write(f"ary-0123456789, {OTHER[:10]}"), write(OTHER[10:]), write(".")])

    assert _joined(sent) == "[key removed], [key removed]."


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("protocol", EVENTS)
def test_a_key_over_several_events_of_a_byte_stream_is_removed(protocol: str, size: int, line_end: str):
    text = f"Your key {OTHER} is wrong"
    events = [EVENTS[protocol](text[start : start + 4]).decode() for start in range(0, len(text), 4)]
    data = "".join(f"event: x{line_end}data: {event}{line_end}{line_end}: ping{line_end}" for event in events).encode()
    censored = CensoredLines(Censor([KEY, OTHER]))

    sent = b"".join(censored.feed(data[start : start + size]) for start in range(0, len(data), size)) + censored.end()

    lines = [line[6:] for line in sent.splitlines() if line.startswith(b"data: ")]
    assert _joined(lines) == "Your key AIz[key removed] is wrong"
    assert len(lines) == len(events)
    assert sent.count(b": ping") == len(events)


def test_a_byte_stream_without_keys_is_not_changed_or_delayed():
    censored = CensoredLines(Censor([KEY]))
    event = b'event: x\r\ndata: {"delta": "a"}\r\n\r\n'

    assert [censored.feed(part) for part in (event[:20], event[20:], b"data: [DONE]")] == [event[:10], event[10:], b""]
    assert censored.end() == b"data: [DONE]"
