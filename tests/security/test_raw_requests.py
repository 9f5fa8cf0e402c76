"""Unusual forms of HTTP: what follows one request is never another client's, and no form opens a closed route."""

from __future__ import annotations

import json
import re

import pytest

from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.security.keys import ONE
from tests.security.memory import resident_mb
from tests.security.raw import exchange

CHAT = "/v1/chat/completions"
BODY = json.dumps({"model": "openai/gpt-4o-mini", "messages": [{"role": "user", "content": "Reply PONG"}]}).encode()
CLOSED = b"GET /v1/files HTTP/1.1\r\nHost: proxy\r\nAuthorization: Bearer " + ONE.encode() + b"\r\n"


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _chat(*headers: str, body: bytes = b"", target: str = CHAT, key: str = ONE, close: bool = True) -> bytes:
    lines = [
        f"POST {target} HTTP/1.1",
        "Host: proxy",
        f"Authorization: Bearer {key}",
        "Content-Type: application/json",
        *(["Connection: close"] if close else []),
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _statuses(answers: bytes) -> list[int]:
    """The statuses of all responses on one connection, interim ones excepted."""
    found = [int(each) for each in re.findall(rb"HTTP/1\.1 (\d{3})", answers)]
    return [each for each in found if each != 100]


CHUNKED = "Transfer-Encoding: chunked"
LENGTH = f"Content-Length: {len(BODY)}"


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(_chat(CHUNKED, body=_chunk(BODY) + b"0\r\n\r\n"), id="chunked"),
        pytest.param(_chat(CHUNKED, body=b"".join(_chunk(bytes([byte])) for byte in BODY) + b"0\r\n\r\n"), id="bytes"),
        pytest.param(_chat(CHUNKED, "Trailer: X-A", body=_chunk(BODY) + b"0\r\nX-A: b\r\n\r\n"), id="trailer"),
        pytest.param(_chat("Expect: 100-continue", LENGTH, body=BODY), id="Expect"),
        pytest.param(_chat(LENGTH, body=BODY, target=f"http://proxy{CHAT}"), id="absolute form"),
    ],
)
def test_a_rare_form_that_is_valid_is_served(impatient: Recorded, simulator: Simulator, request_: bytes):
    answer = exchange(impatient.proxy.url, request_)

    statuses = _statuses(answer)
    assert statuses == [200], answer[:400]
    assert [request.provider for request in simulator.attempts] == ["openai"]


SMUGGLED = CLOSED + b"\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(_chat(LENGTH, "Content-Length: 0", body=BODY + SMUGGLED), id="two lengths"),
        pytest.param(_chat("Content-Length: 0", LENGTH, body=BODY + SMUGGLED), id="two lengths, the other first"),
        pytest.param(_chat(LENGTH, CHUNKED, body=_chunk(BODY) + b"0\r\n\r\n" + SMUGGLED), id="length and chunked"),
        pytest.param(_chat(CHUNKED, CHUNKED, body=_chunk(BODY) + b"0\r\n\r\n" + SMUGGLED), id="chunked twice"),
        pytest.param(_chat("Transfer-Encoding: xchunked", body=_chunk(BODY) + b"0\r\n\r\n"), id="xchunked"),
        pytest.param(_chat("Transfer-Encoding : chunked", body=_chunk(BODY) + b"0\r\n\r\n"), id="space before colon"),
        pytest.param(_chat("Content-Length: +5", body=BODY), id="+5"),
        pytest.param(_chat("Content-Length: 1_0", body=BODY), id="1_0"),
        pytest.param(_chat("Content-Length: -1", body=BODY), id="-1"),
        pytest.param(_chat(CHUNKED, body=b"zz\r\n" + BODY), id="no chunk size"),
        pytest.param(_chat(CHUNKED, body=b"ffffffffffffffffff\r\n" + BODY), id="endless chunk"),
        pytest.param(_chat("X-A: b\r\n c", LENGTH, body=BODY), id="folded"),
        pytest.param(_chat("X-A: b\x00c", LENGTH, body=BODY), id="NUL"),
    ],
)
def test_a_request_that_two_readers_may_read_differently_does_not_smuggle_another(
    impatient: Recorded, simulator: Simulator, request_: bytes
):
    answer = exchange(impatient.proxy.url, request_)

    statuses = _statuses(answer)
    assert len(statuses) <= 1, answer[:600]
    assert set(statuses) <= {200, 400, 413, 422}, answer[:400]
    assert len(simulator.attempts) <= 1


def test_requests_in_one_packet_are_answered_in_order_each_with_its_own_key(impatient: Recorded, simulator: Simulator):
    first = _chat(LENGTH, body=BODY, close=False)
    third = _chat(LENGTH, body=BODY, key="sk-nobody")

    answer = exchange(impatient.proxy.url, first + CLOSED + b"\r\n" + third)

    statuses = _statuses(answer)
    assert statuses[:1] == [200]
    assert statuses[1:] in ([403], [403, 401])
    assert len(simulator.attempts) == 1


@pytest.mark.parametrize("form", ["trailers", "chunk extensions"])
def test_what_surrounds_the_chunks_of_a_body_is_bounded(impatient: Recorded, form: str):
    before = resident_mb(impatient.proxy.process.pid)
    filler = b"x" * 1000
    if form == "trailers":
        body = _chunk(BODY) + b"0\r\n" + b"".join(b"X-%d: %b\r\n" % (each, filler) for each in range(100_000))
    else:
        body = b"".join(b"1;%b\r\n \r\n" % (filler * 100) for _ in range(1000))

    exchange(impatient.proxy.url, _chat(CHUNKED, body=body))

    assert resident_mb(impatient.proxy.process.pid) - before < 100
