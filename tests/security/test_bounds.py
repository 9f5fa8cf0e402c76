"""Requests that are too large or too slow are refused before authentication, with the right status."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from pointsman.simulator import Answer, Simulator
from tests.observability.audit.recorded import Recorded
from tests.patience import SECONDS, eventually
from tests.security.conftest import PATIENCE
from tests.security.keys import ONE
from tests.security.memory import cpu_seconds, descriptors, resident_mb
from tests.security.raw import connected, exchange, status, written

CHAT = "/v1/chat/completions"
PONG: list[Any] = [{"role": "user", "content": "PONG"}]
BODY = json.dumps({"model": "openai/gpt-4o-mini", "messages": PONG}).encode()


def _many(count: int, size: int = 1) -> list[tuple[str, str]]:
    return [(f"X-{number}", "x" * size) for number in range(count)]


@pytest.mark.parametrize(
    "headers",
    [_many(20_000), _many(200), _many(1, 70_000), _many(90, 2000), _many(1, 1_000_000)],
    ids=["20,000", "200", "one of 70 kB", "180 kB of them", "one of 1 MB"],
)
@pytest.mark.parametrize("key", [ONE, "sk-nobody"])
def test_headers_are_bounded(attacked: Recorded, headers: list[tuple[str, str]], key: str):
    answer = exchange(attacked.proxy.url, written("POST", CHAT, key, BODY, *headers))

    assert status(answer) == 431, answer[:300]


@pytest.mark.parametrize("count", [20_000, 3000])
def test_trailers_do_not_become_headers(attacked: Recorded, count: int):
    """They arrive after the headers were checked, and LiteLLM would spend 8 s on 20,000 of them, without any key."""
    spent = cpu_seconds(attacked.proxy.process.pid)
    head = written("POST", CHAT, "sk-nobody", b"", ("Transfer-Encoding", "chunked")).replace(
        b"Content-Length: 0\r\n", b""
    )
    trailers = b"".join(b"X-%d: x\r\n" % number for number in range(count))
    with connected(attacked.proxy.url) as connection:
        connection.sendall(head)
        time.sleep(0.5)
        with contextlib.suppress(OSError):
            connection.sendall(b"%x\r\n%b\r\n0\r\n%b\r\n" % (len(BODY), BODY, trailers))
        answer = connection.recv(65536)

    assert status(answer) == (431 if len(trailers) > 100_000 else 401), answer[:300]
    assert cpu_seconds(attacked.proxy.process.pid) - spent < 2


def test_only_a_few_requests_wait_behind_another(attacked: Recorded):
    """5,000 of them, which fit into one packet, would take 35 MB of memory per connection."""
    request = b"GET /health/liveliness HTTP/1.1\r\nHost: proxy\r\n\r\n"
    last = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")

    few, many = (exchange(attacked.proxy.url, request * count + last) for count in (3, 5000))

    assert few.count(b"HTTP/1.1 200") == 4
    assert many.count(b"HTTP/1.1 200") < 1000


def test_the_public_price_list_costs_little(attacked: Recorded):
    with attacked.proxy.client("sk-nobody") as client:
        prices = client.get("/public/litellm_model_cost_map").json()
        spent = cpu_seconds(attacked.proxy.process.pid)
        for _ in range(10):
            assert client.get("/public/litellm_model_cost_map").status_code == 200

    assert prices["gpt-4o-mini"]["input_cost_per_token"] > 0
    assert cpu_seconds(attacked.proxy.process.pid) - spent < 2


def test_headers_as_clients_send_them_pass(attacked: Recorded):
    answer = exchange(attacked.proxy.url, written("POST", CHAT, ONE, BODY, *_many(60, 500)))

    assert status(answer) == 200, answer[:300]


def test_a_body_that_says_it_is_too_large_is_not_read(attacked: Recorded):
    request = written("POST", CHAT, "sk-nobody").replace(b"Content-Length: 0", b"Content-Length: 300000000")
    before = resident_mb(attacked.proxy.process.pid)

    answer = exchange(attacked.proxy.url, request + b"x" * 2_000_000)

    assert status(answer) == 413, answer[:300]
    assert b"max_body_mb" in answer
    assert resident_mb(attacked.proxy.process.pid) - before < 50


def test_nor_is_more_kept_of_one_that_does_not_say_so(attacked: Recorded):
    """Sends 300 MB in chunks."""
    before = resident_mb(attacked.proxy.process.pid)

    def chunks() -> Any:
        for _ in range(300):
            yield b"x" * 1_000_000

    with httpx.Client(timeout=SECONDS) as client, contextlib.suppress(httpx.WriteError, httpx.RemoteProtocolError):
        response = client.post(attacked.proxy.url + CHAT, content=chunks(), headers={"Authorization": "Bearer sk-x"})
        assert response.status_code == 413
    assert resident_mb(attacked.proxy.process.pid) - before < 200


def test_half_a_request_ends_after_a_time(impatient: Recorded):
    """Sends no byte, half a request line, half the headers, half a body, and half of a second request."""
    whole = written("POST", CHAT, ONE, BODY).replace(b"Connection: close\r\n", b"")
    halves = [b"", b"POST /v1/ch", whole[:60], whole[:-5], whole + whole[:60]]
    connections = [connected(impatient.proxy.url) for _ in halves]
    for connection, half in zip(connections, halves, strict=True):
        connection.sendall(half)

    answers = []
    for connection in connections:
        received = b""
        while part := connection.recv(65536):
            received += part
        connection.close()
        answers.append(status(received))

    assert answers == [0, 0, 0, 408, 200]


def test_a_body_that_trickles_ends_too(impatient: Recorded):
    with connected(impatient.proxy.url) as connection:
        connection.sendall(written("POST", CHAT, ONE, BODY)[: -len(BODY)])
        began = time.monotonic()
        with contextlib.suppress(OSError):
            for byte in BODY:
                connection.sendall(bytes([byte]))
                time.sleep(0.5)
                if time.monotonic() - began > 30:
                    break
        assert status(connection.recv(65536)) == 408


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux's kernel closes them")
def test_a_client_that_reads_nothing_is_disconnected(impatient: Recorded):
    """Asks for 20 MB, and reads one byte of it; closing the connection waits until the buffer is empty."""
    pid = impatient.proxy.process.pid
    request = written("GET", "/public/litellm_model_cost_map", ONE).replace(b"Connection: close\r\n", b"")
    before = descriptors(pid)
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            parts = urlsplit(impatient.proxy.url)
            connection.connect((parts.hostname, parts.port))
            connection.sendall(request * 15)
            assert connection.recv(1), "the answer has begun"

        eventually(lambda: descriptors(pid) <= before + 2, otherwise=lambda: f"{descriptors(pid)} files are open")


def test_an_answer_may_take_as_long_as_it_likes(impatient: Recorded, simulator: Simulator):
    simulator.script("openai", Answer(faithful=True, delay=2 * PATIENCE))
    with impatient.proxy.client(ONE) as client:
        response = client.post(CHAT, content=BODY, headers={"Content-Type": "application/json"})

    assert response.status_code == 200


def test_a_long_name_outside_a_json_body_costs_little(attacked: Recorded):
    """The gate bounds the name in a JSON body only; 10 kB in a form took 2.5 s of work on the refusal's text.

    That time grows with the cube of the length, so the 40 kB here would take minutes.
    """
    name = "-----BEGIN PRIVATE KEY-----" * 1600
    spent = cpu_seconds(attacked.proxy.process.pid)
    with attacked.proxy.client(ONE) as client:
        statuses = [
            client.post(CHAT, data={"model": name}).status_code,
            client.post("/v1/audio/transcriptions", data={"model": name}, files={"file": b"x"}).status_code,
            client.post(f"/engines/{name[:7500].replace(' ', '+')}{CHAT[3:]}", json={"messages": []}).status_code,
        ]

    assert statuses == [403, 403, 403]
    assert cpu_seconds(attacked.proxy.process.pid) - spent < 20


MANY: list[tuple[str, dict[str, Any]]] = [
    (CHAT, {"messages": [{"role": "user", "content": "hi"}] * 30_000}),
    (CHAT, {"messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}] * 30_000}]}),
    ("/v1/messages", {"messages": [{"role": "user", "content": "hi"}] * 30_000, "max_tokens": 1}),
    ("/v1/responses", {"input": [{"role": "user", "content": "hi"}] * 30_000}),
    ("/v1/embeddings", {"input": ["hi"] * 30_000}),
    (CHAT, {"messages": [], "metadata": {"x": [{"a": 1}] * 60_000}}),
]


@pytest.mark.parametrize(("path", "fields"), MANY)
def test_a_body_of_many_small_things_is_refused_before_it_is_worked_on(
    attacked: Recorded, path: str, fields: dict[str, Any]
):
    spent = cpu_seconds(attacked.proxy.process.pid)
    with attacked.proxy.client(ONE) as client:
        response = client.post(path, json={"model": "openai/gpt-4o-mini", **fields})

    assert response.status_code == 400, response.text
    assert "more than" in response.json()["error"]["message"]
    assert cpu_seconds(attacked.proxy.process.pid) - spent < 2


def test_a_compressed_body_is_not_an_exception(attacked: Recorded):
    """LiteLLM 1.110 would decompress it after its size and its messages were checked."""
    body = gzip.compress(json.dumps({"model": "openai/gpt-4o-mini", "messages": PONG * 30_000}).encode())
    with attacked.proxy.client(ONE) as client:
        answers = [
            client.post(CHAT, content=body, headers={"Content-Type": kind, "Content-Encoding": "gzip"})
            for kind in ("application/json", "application/protobuf", "text/plain", "multipart/form-data")
        ]

    assert [answer.status_code for answer in answers[:3]] == [400] * 3
    assert answers[3].status_code in {400, 413}  # 1.110 decompresses a form, within its own bounds


def test_a_long_conversation_is_not_one_of_them(attacked: Recorded, simulator: Simulator):
    with attacked.proxy.client(ONE) as client:
        many = [{"role": "user", "content": "hi"}] * 2000
        assert client.post(CHAT, json={"model": "openai/gpt-4o-mini", "messages": many}).status_code == 200
