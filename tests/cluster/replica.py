"""One of several proxies, which keeps its port and folder when it restarts."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.running import BIN, MASTER_KEY, Proxy, clean_environment, free_port, running


class Replica:
    """``litellm --config`` with the generated config in a separate folder, as on a separate machine."""

    def __init__(self, folder: Path, config: str, env: Mapping[str, str]) -> None:
        self.folder = folder
        self.port = free_port()
        self._env = {**clean_environment(), "LITELLM_MASTER_KEY": MASTER_KEY, **env}
        self._lives = 0
        self._life = contextlib.ExitStack()
        self._proxy: Proxy | None = None
        folder.mkdir()
        (folder / "litellm_config.yaml").write_text(config)

    @property
    def address(self) -> str:
        """The address in nginx's log format."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts the proxy and returns when it answers."""
        self._lives += 1
        place = ["--host", "127.0.0.1", "--port", str(self.port)]
        command = [str(BIN / "litellm"), "--config", "litellm_config.yaml", *place]
        log = self.folder / f"life-{self._lives}.log"
        self._proxy = self._life.enter_context(
            running(command, self._env, f"http://{self.address}", log, cwd=self.folder)
        )

    def stop(self) -> None:
        """Stops it gracefully, if it runs."""
        self._life.close()

    def kill(self) -> None:
        """Kills it with SIGKILL, and returns when the process has ended."""
        assert self._proxy
        self._proxy.process.kill()
        self._proxy.process.wait()
        self.stop()

    def chat(self, key: str, model: str, **fields: object) -> httpx.Response:
        """Sends one small request with ``key``."""
        assert self._proxy
        with self._proxy.client(key) as client:
            messages = [{"role": "user", "content": "Reply PONG"}]
            return client.post("/v1/chat/completions", json={"model": model, "messages": messages, **fields})

    def log(self) -> str:
        """Its output since the first start."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("life-*.log")))
