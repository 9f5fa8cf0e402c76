"""The master key is not sent to another user's program on the proxy's port."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pointsman.upstream.port_owner import stranger
from tests.pointsman.conftest import Command
from tests.running import MASTER_KEY

PERSON = 54_321

PRETENDER = """
import http.server, os, socketserver, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(self.path, self.headers.get("Authorization"), file=sys.stderr, flush=True)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'"I am alive!"')

os.setuid(int(sys.argv[1]))
server = socketserver.TCPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""
"""Answers like LiteLLM, and records its requests."""


@pytest.fixture
def pretender(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Runs that server as another user; yields its port and the file of its records."""
    if os.geteuid() != 0:
        pytest.skip("only root can run a program as another user")
    said = tmp_path / "said"
    command = [sys.executable, "-c", PRETENDER, str(PERSON)]
    with said.open("wb") as log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline()), said
        finally:
            process.kill()


def test_whoever_else_listens_is_named(pretender: tuple[int, Path], tmp_path: Path):
    port, _ = pretender

    assert stranger(f"http://127.0.0.1:{port}", tmp_path) == f"user {PERSON}"
    assert stranger(f"http://localhost:{port}", tmp_path / "missing") == f"user {PERSON}"
    assert stranger("http://gateway.example:4000", tmp_path) == ""


def test_the_owner_of_the_state_directory_may_have_it(pretender: tuple[int, Path], tmp_path: Path):
    port, _ = pretender
    state = tmp_path / "state"
    state.mkdir()
    os.chown(state, PERSON, PERSON)

    assert stranger(f"http://127.0.0.1:{port}", state) == ""


@pytest.mark.parametrize("command", ["doctor", "smoke"])
def test_no_command_sends_it_the_master_key(
    pretender: tuple[int, Path], pointsman: Command, folder: Path, command: str
):
    port, said = pretender
    with (folder / "providers.toml").open("a") as registry:
        registry.write(f"\n[gateway]\nport = {port}\n")

    done = pointsman(command, env={"LITELLM_MASTER_KEY": MASTER_KEY})

    assert f"user {PERSON} is listening there and must not get the master key" in done.stdout + done.stderr
    assert done.returncode != 0
    assert "Bearer" not in said.read_text()
