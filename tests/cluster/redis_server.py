"""A private Redis with a password that tests can stop and start."""

from __future__ import annotations

import subprocess
from pathlib import Path

import redis

from tests.patience import eventually
from tests.running import free_port

PASSWORD = "canary-redis-Hq4Vm8Tz"


class RedisServer:
    """A server on loopback that writes nothing to disk, so that it is empty after a stop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL for the proxies, which contains the password."""
        return f"redis://:{PASSWORD}@127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Starts the server and returns when it accepts commands."""
        where = ["--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        how = ["--requirepass", PASSWORD, "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(["redis-server", *where, *how], stdout=subprocess.DEVNULL)
        process = self._process
        eventually(lambda: self._answers() or process.poll() is not None)
        if process.poll() is not None:
            raise RuntimeError(f"redis-server ended with status {process.returncode}")

    def stop(self) -> None:
        """Kills the server with its connections."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def keys(self, pattern: str) -> list[bytes]:
        """The names of its keys that match ``pattern``."""
        with redis.Redis.from_url(self.url) as client:
            return [name for name in client.scan_iter(pattern) if isinstance(name, bytes)]

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
