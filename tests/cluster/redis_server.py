"""A private Redis with a password that tests can stop and start."""

from __future__ import annotations

import subprocess
from pathlib import Path

import redis

from tests.patience import eventually
from tests.running import free_port

PASSWORD = "canary-redis-Hq4Vm8Tz"


class RedisServer:
    """One server on loopback that writes nothing to disk: after a stop it is empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """With the password in it, as the proxies get it."""
        return f"redis://:{PASSWORD}@127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Starts the server and returns when it takes commands."""
        where = ["--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        how = ["--requirepass", PASSWORD, "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(["redis-server", *where, *how], stdout=subprocess.DEVNULL)
        process = self._process
        eventually(lambda: self._answers() or process.poll() is not None)
        if process.poll() is not None:
            raise RuntimeError(f"redis-server ended with status {process.returncode}")

    def stop(self) -> None:
        """Kills the server, connections and all."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def keys(self, pattern: str) -> list[bytes]:
        """The names it holds that match."""
        with redis.Redis.from_url(self.url) as client:
            return [name for name in client.scan_iter(pattern) if isinstance(name, bytes)]

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
