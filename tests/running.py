"""Runs a real LiteLLM proxy in a subprocess, on a free port."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from pointsman.serve.generation import OFFLINE
from tests.patience import SECONDS, eventually

MASTER_KEY = "sk-canary-master-Zq7Wn3Lk9Tx2"
BIN = Path(sys.executable).parent
REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A running proxy."""

    url: str
    log_path: Path
    process: subprocess.Popen[bytes]

    def client(self, key: str = MASTER_KEY) -> httpx.Client:
        """An HTTP client that authenticates with ``key``."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {key}"}, timeout=SECONDS)

    @contextlib.contextmanager
    def unfinished(self, path: str, body: Mapping[str, object], *, begun: bool) -> Iterator[None]:
        """Sends a request, waits for the answer's first byte if ``begun``, and disconnects when the block ends."""
        headers = {"Authorization": f"Bearer {MASTER_KEY}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=SECONDS)
        with contextlib.closing(connection):
            connection.request("POST", path, json.dumps(body), headers)
            if not begun:
                yield
                return
            with connection.getresponse() as response:
                response.read(1)
                yield

    def descriptors(self) -> int:
        """The number of its open files and sockets."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def log(self) -> str:
        """The proxy's output so far."""
        return self.log_path.read_text(errors="replace")


def clean_environment() -> dict[str, str]:
    """This environment without keys, overrides and proxy settings."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")
    return {**OFFLINE, **{name: os.environ[name] for name in kept if name in os.environ}}


def free_port() -> int:
    """A currently free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def litellm(
    config: Path,
    env: Mapping[str, str],
    log_path: Path,
    *arguments: str,
    program: Sequence[str] = (str(BIN / "litellm"),),
) -> Iterator[Proxy]:
    """Runs ``litellm --config`` as users do, with ``env`` and the master key."""
    port = free_port()
    command = [*program, "--config", str(config), "--host", "127.0.0.1", "--port", str(port), *arguments]
    full = {**clean_environment(), "LITELLM_MASTER_KEY": MASTER_KEY, **env}
    with running(command, full, f"http://127.0.0.1:{port}", log_path, cwd=config.parent) as proxy:
        yield proxy


@contextlib.contextmanager
def running(command: list[str], env: Mapping[str, str], url: str, log_path: Path, *, cwd: Path) -> Iterator[Proxy]:
    """Runs ``command``; yields once its proxy answers, and ends it with the block."""
    with log_path.open("wb") as log:
        process = subprocess.Popen(command, env=env, cwd=cwd, stdout=log, stderr=subprocess.STDOUT)
    proxy = Proxy(url=url, log_path=log_path, process=process)
    try:
        _wait_until_alive(proxy)
        yield proxy
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_alive(proxy: Proxy) -> None:
    eventually(
        lambda: proxy.process.poll() is not None or _alive(proxy),
        otherwise=lambda: f"no answer from {proxy.url}:\n{proxy.log()}",
    )
    if proxy.process.poll() is not None:
        raise RuntimeError(f"the proxy ended with status {proxy.process.returncode}:\n{proxy.log()}")


def _alive(proxy: Proxy) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{proxy.url}/health/liveliness", timeout=5).status_code == 200
    return False
