"""Many idle streams: the cost of each, and running out of file descriptors."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pointsman.simulator import Simulator
from tests.faults.conftest import config_in
from tests.faults.raw import HEAD, WORD, RawUpstream
from tests.observability.audit.recorded import Recorded
from tests.patience import SECONDS, eventually
from tests.running import BIN, MASTER_KEY, Proxy, clean_environment, free_port, running

pytestmark = pytest.mark.proxy

STREAMS = 200
BODY = json.dumps({"model": "raw/any", "messages": [{"role": "user", "content": "x"}], "stream": True})
REQUEST = (
    f"POST /v1/chat/completions HTTP/1.1\r\nHost: proxy\r\nAuthorization: Bearer {MASTER_KEY}\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}"
).encode()


@contextlib.contextmanager
def _streams(proxy: Proxy, count: int) -> Iterator[list[tuple[socket.socket, bytes]]]:
    """Opens ``count`` streams together and keeps them open; yields each with the start of its response, if any."""
    at = urlsplit(proxy.url)
    with contextlib.ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_connection((at.hostname, at.port), timeout=SECONDS)) for _ in range(count)
        ]
        for connection in sockets:
            connection.sendall(REQUEST)
        yield [(connection, _beginning(connection)) for connection in sockets]


def _beginning(connection: socket.socket) -> bytes:
    with contextlib.suppress(ConnectionError):
        return connection.recv(65536)
    return b""


def _is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(65536) != b""
    except BlockingIOError:
        return True


def test_an_idle_stream_takes_two_descriptors_and_gives_them_back(recorded: Recorded, raw_upstream: RawUpstream):
    raw_upstream.plays(HEAD + WORD, "wait")
    before = recorded.proxy.descriptors()
    with _streams(recorded.proxy, STREAMS) as streams:
        assert all(answer.startswith(b"HTTP/1.1 200") for _, answer in streams)
        assert recorded.proxy.descriptors() - before == pytest.approx(2 * STREAMS, abs=10)
    eventually(lambda: recorded.proxy.descriptors() <= before + 10)


def test_without_descriptors_some_requests_fail_and_afterwards_all_is_well(
    tmp_path: Path, upstreams: Simulator, raw_upstream: RawUpstream
):
    upstreams.reset()
    raw_upstream.plays(HEAD + WORD, "wait")
    port = free_port()
    command = [str(BIN / "litellm"), "--config", str(config_in(tmp_path)), "--host", "127.0.0.1", "--port", str(port)]
    env = {**clean_environment(), **upstreams.environ(), "LITELLM_MASTER_KEY": MASTER_KEY}
    limited = ["prlimit", "--nofile=160:160", *command]
    with running(
        limited, {**env, "RAW_BASE_URL": raw_upstream.url}, f"http://127.0.0.1:{port}", tmp_path / "log", cwd=tmp_path
    ) as proxy:
        with _streams(proxy, 140) as streams:
            served = [connection for connection, answer in streams if answer.startswith(b"HTTP/1.1 200")]
            assert 0 < len(served) < len(streams)
            assert {answer.partition(b" ")[2][:3] for _, answer in streams} <= {b"200", b"500", b"503", b"429", b""}
            refused = [answer for _, answer in streams if answer.startswith(b"HTTP/1.1 503")]
            assert refused
            assert all(b"x-pointsman-error: out_of_file_descriptors\r\n" in answer for answer in refused)
            assert all(_is_open(connection) for connection in served)
            assert proxy.descriptors() <= 160
        eventually(lambda: proxy.descriptors() < 50)
        with proxy.client() as client:
            call = {"model": "kimi/kimi-for-coding", "messages": [{"role": "user", "content": "x"}], "max_tokens": 50}
            assert client.post("/v1/chat/completions", json=call).status_code == 200
        assert "the proxy has no file descriptor left" in proxy.log()
