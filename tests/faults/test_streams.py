"""Streams with unusual bytes, endless streams, clients that read slowly, and clients that disconnect together."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.faults.raw import HEAD, WORD, RawUpstream
from tests.observability.audit.recorded import Recorded
from tests.patience import eventually
from tests.running import MASTER_KEY, Proxy

pytestmark = pytest.mark.proxy

DONE = b"data: [DONE]\n\n"
FINISH = WORD.replace(b'"role":"assistant","content":"Well"', b"").replace(
    b'"finish_reason":null', b'"finish_reason":"stop"'
)
REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "chat": ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}),
    "messages": ("/v1/messages", {"messages": [{"role": "user", "content": "x"}], "max_tokens": 100}),
    "responses": ("/v1/responses", {"input": "x"}),
}
VANISHING = 500


def _text(client: httpx.Client, protocol: str) -> str:
    path, body = REQUESTS[protocol]
    answer = client.post(path, json={"model": "raw/any", "stream": True, "disable_fallbacks": True, **body})
    assert answer.status_code == 200, answer.text
    events = [json.loads(line[5:]) for line in answer.text.splitlines() if line.startswith("data:") and "{" in line]
    if protocol == "chat":
        return "".join(choice["delta"].get("content") or "" for event in events for choice in event["choices"])
    if protocol == "messages":
        return "".join(event["delta"].get("text", "") for event in events if event["type"] == "content_block_delta")
    return "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")


def _word(text: bytes) -> bytes:
    return WORD.replace(b"Well", text)


@pytest.mark.parametrize("protocol", REQUESTS)
@pytest.mark.parametrize(
    ("stream", "text"),
    [
        (WORD.replace(b"\n", b"\r\n") + FINISH + DONE, "Well"),
        ((WORD + FINISH + DONE).replace(b"\n", b"\r"), "Well"),
        (b": comment\n\n" + WORD + b": comment\n\nevent: x\nid: 3\nretry: 5\n" + FINISH + DONE, "Well"),
        (_word(b"a\xff\xfeb") + FINISH + DONE, "a\ufffd\ufffdb"),
        (_word(rb"a\ud83d") + _word(rb"\ude00b") + FINISH + DONE, "a\ufffd\ufffdb"),
        (_word(rb"a\ud83d\ude00b") + FINISH + DONE, "a\U0001f600b"),
        (WORD + FINISH, "Well"),
        (_word(b"x" * 10_000_000) + FINISH + DONE, "x" * 10_000_000),
    ],
    ids=["crlf", "cr", "comments", "not-utf8", "split-characters", "escaped-characters", "no-done", "ten-megabytes"],
)
def test_unusual_bytes_say_the_same(
    client: httpx.Client, raw_upstream: RawUpstream, protocol: str, stream: bytes, text: str
):
    raw_upstream.plays(HEAD + stream, "half-close")

    assert _text(client, protocol) == text


@pytest.mark.parametrize("protocol", REQUESTS)
def test_a_stream_may_come_byte_by_byte(client: httpx.Client, raw_upstream: RawUpstream, protocol: str):
    raw_upstream.plays(HEAD + WORD + FINISH + DONE, "half-close", drip=0.001)

    assert _text(client, protocol) == "Well"


@pytest.mark.parametrize("read", [0, 1], ids=["nothing", "single-bytes"])
@pytest.mark.parametrize("protocol", REQUESTS)
def test_a_client_that_reads_slowly_costs_no_memory(
    recorded: Recorded, raw_upstream: RawUpstream, protocol: str, read: int
):
    """Once the connection to the client is full, the proxy stops reading from the provider too."""
    raw_upstream.plays(HEAD + _word(b"x" * 10_000) * 10_000, "wait")
    before = _resident(recorded.proxy)
    with _connected(recorded.proxy, protocol) as connection:
        assert connection.recv(1, socket.MSG_PEEK)
        for _ in range(30):
            time.sleep(0.1)
            assert len(connection.recv(read)) == read
        assert _resident(recorded.proxy) - before < 40_000_000
    assert raw_upstream.was_left()


@pytest.mark.parametrize("protocol", ["chat", "messages"])
def test_a_stream_that_never_ends_costs_bounded_memory(recorded: Recorded, raw_upstream: RawUpstream, protocol: str):
    """The client gets everything; the copy for the log is limited to 16 million characters."""
    raw_upstream.plays(HEAD + _word(b"x" * 10_000), "again")
    before = _resident(recorded.proxy)
    with _connected(recorded.proxy, protocol, receives=1_000_000) as connection:
        for _ in range(200):
            connection.recv(1_000_000, socket.MSG_WAITALL)
        assert _resident(recorded.proxy) - before < 150_000_000
    assert raw_upstream.was_left()


def test_a_response_that_never_ends_is_ended(recorded: Recorded, client: httpx.Client, raw_upstream: RawUpstream):
    """The last event repeats the whole response, so its text must be kept, and must have a limit."""
    raw_upstream.plays(HEAD + _word(b"x" * 10_000), "again")
    before = _resident(recorded.proxy)
    path, body = REQUESTS["responses"]
    asked = {"model": "raw/any", "stream": True, "disable_fallbacks": True, **body}
    with client.stream("POST", path, json=asked) as answer:
        failed = [line for line in answer.iter_lines() if line.startswith("data:") and '"response.failed"' in line]

    assert json.loads(failed[0][5:])["response"]["error"] == {
        "code": "server_error",
        "message": "the provider's answer is not complete after 16 million characters",
    }
    assert _resident(recorded.proxy) - before < 150_000_000
    assert raw_upstream.was_left()


def test_clients_that_vanish_together_leave_nothing_behind(recorded: Recorded, raw_upstream: RawUpstream):
    raw_upstream.plays(HEAD + WORD, "wait")
    before = recorded.proxy.descriptors()
    with contextlib.ExitStack() as stack:
        for number in range(VANISHING):
            stack.enter_context(_connected(recorded.proxy, list(REQUESTS)[number % 3]))
    eventually(lambda: recorded.proxy.descriptors() <= before + 10)
    with recorded.proxy.client() as client:
        raw_upstream.plays(HEAD + WORD + FINISH + DONE, "half-close")
        assert _text(client, "chat") == "Well"


@contextlib.contextmanager
def _connected(proxy: Proxy, protocol: str, *, receives: int = 4096) -> Any:
    path, body = REQUESTS[protocol]
    sent = json.dumps({"model": "raw/any", "stream": True, "disable_fallbacks": True, **body}).encode()
    at = urlsplit(proxy.url)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        connection.connect((at.hostname, at.port))
        head = f"POST {path} HTTP/1.1\r\nHost: proxy\r\nAuthorization: Bearer {MASTER_KEY}\r\n"
        connection.sendall(
            f"{head}Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent
        )
        yield connection


def _resident(proxy: Proxy) -> int:
    """The proxy's memory in bytes."""
    return int(Path(f"/proc/{proxy.process.pid}/statm").read_text().split()[1]) * 4096
