"""nginx in front of replicas: tokens are not buffered, and a replica that is down is skipped."""

from __future__ import annotations

import contextlib
import http.server
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from custom_providers.registry.model import Provider, Registry
from pointsman.serve.supervisor import DRAIN_SECONDS
from tests.deploy.reverse_proxy import CONFIG, needs_nginx, running_nginx, trust, write_config
from tests.patience import SECONDS
from tests.running import free_port

pytestmark = needs_nginx


class _Replica(http.server.ThreadingHTTPServer):
    """Answers every POST with two chunks; sends the second one only after the test has seen the first."""

    def __init__(self) -> None:
        self.seen = threading.Event()
        super().__init__(("127.0.0.1", 0), _Stream)


class _Stream(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Replica

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._chunk(b"data: 1\n\n")
        self.server.seen.wait(SECONDS)
        self._chunk(b"data: 2\n\n")
        self._chunk(b"")

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


@pytest.fixture
def replica() -> Iterator[_Replica]:
    """A running replica."""
    with _Replica() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.seen.set()
        server.shutdown()


@contextlib.contextmanager
def _client(config: Path, port: int) -> Iterator[httpx.Client]:
    with (
        running_nginx(config, port) as url,
        httpx.Client(base_url=url, verify=trust(config), timeout=SECONDS) as client,
    ):
        yield client


def test_nginx_accepts_the_file(tmp_path: Path):
    config = write_config(tmp_path, free_port(), 1, 2)

    done = subprocess.run(
        ["nginx", "-e", "stderr", "-t", "-c", config], capture_output=True, text=True, check=False, timeout=SECONDS
    )

    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


def test_the_first_token_arrives_before_the_last_is_made_though_a_replica_is_gone(tmp_path: Path, replica: _Replica):
    port, nobody = free_port(), free_port()
    config = write_config(tmp_path, port, nobody, replica.server_port)

    with _client(config, port) as client:
        # Three requests, because either replica may be nginx's first choice.
        for _ in range(3):
            replica.seen.clear()
            with client.stream("POST", "/v1/chat/completions", content=b"{}") as response:
                lines = response.iter_lines()
                assert next(lines) == "data: 1"
                replica.seen.set()
                assert "data: 2" in list(lines)


def test_metrics_are_not_the_publics(tmp_path: Path, replica: _Replica):
    port = free_port()
    config = write_config(tmp_path, port, replica.server_port, replica.server_port)

    with _client(config, port) as client:
        assert client.get("/health/liveliness").status_code == 200
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics/").status_code == 404


def _silence(provider: Provider) -> float:
    """The longest silence for a client, in seconds: every attempt may hang, but Kimi's timeouts are not retried."""
    return provider.timeout * (1 if provider.wire_family == "kimi" else 1 + provider.retries)


def test_nginx_outwaits_what_a_proxy_may_still_answer(own_registry: Registry):
    found = re.search(r"^ +proxy_read_timeout (\d+)s;$", CONFIG, re.MULTILINE)

    assert found
    assert int(found[1]) > max(map(_silence, own_registry.providers))
    assert int(found[1]) >= DRAIN_SECONDS
