"""One LiteLLM process of ``pointsman serve``: does what LiteLLM's own command does, on an inherited socket.

Run as ``python -m pointsman.serve.proxy_process LISTENER CHANNEL CONFIG WORKERS``; the first two are file descriptors.
"""

from __future__ import annotations

import asyncio
import io
import socket
import sys
from typing import Any

import uvicorn

from pointsman.serve.supervisor import DRAIN, READY


class Output(io.FileIO):
    """Standard output, held back until the proxy serves, because LiteLLM prints a banner and every model.

    Drops output that cannot be written; otherwise LiteLLM would not start with a log on a full disk.
    """

    held: list[bytes] | None
    """The output so far; None once the proxy serves."""

    def __init__(self) -> None:
        super().__init__(1, "w", closefd=False)
        self.held = []

    def write(self, words: Any) -> int:
        """Works like ``FileIO.write``, but does not raise."""
        if self.held is not None:
            self.held.append(bytes(words))
            return len(words)
        try:
            return super().write(words) or 0
        except OSError:
            return len(words)

    def tell_all(self) -> None:
        """Prints the held output, which may explain why the proxy did not start."""
        words, self.held = self.held or [], None
        self.write(b"".join(words))


class UvicornServer(uvicorn.Server):
    """A uvicorn server that notifies the supervisor when it is ready, and ends when the supervisor requests it."""

    def __init__(self, config: uvicorn.Config, channel: socket.socket, output: Output) -> None:
        super().__init__(config)
        self._channel = channel
        self._output = output
        self._draining: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, and notifies the supervisor."""
        await super().startup(sockets)
        self._output.held = None
        asyncio.get_running_loop().add_reader(self._channel, self._told)
        self._channel.send(READY)

    def _told(self) -> None:
        if self._channel.recv(1) == DRAIN:
            self._draining = asyncio.create_task(self._drain())
            return
        # The supervisor has closed its end, or has died.
        asyncio.get_running_loop().remove_reader(self._channel)
        self.should_exit = True

    async def _drain(self) -> None:
        """Accepts no more connections, and ends when the clients have closed theirs.

        uvicorn's own shutdown closes idle connections immediately, even if a request is just arriving on one.
        """
        for server in self.servers:
            server.close()
        self._channel.send(DRAIN)
        self.config.encoded_headers.append((b"connection", b"close"))
        while self.server_state.connections:  # noqa: ASYNC110 -- uvicorn has no event for it
            await asyncio.sleep(0.1)
        self.should_exit = True


def _set_up(config: str, workers: str) -> None:
    """Reads LiteLLM's settings and prepares its database, as LiteLLM's own command does before it serves."""
    from litellm.proxy.proxy_cli import run_server

    arguments = ["--config", config, "--num_workers", workers, "--skip_server_startup"]
    run_server.main(arguments, standalone_mode=False)


def main(listener: socket.socket, channel: socket.socket, config: str, workers: str) -> None:
    """Serves until the supervisor ends it."""
    output = Output()
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(output), "utf-8", line_buffering=True)
    try:
        _set_up(config, workers)
        from litellm.proxy.proxy_cli import ProxyInitializationHelpers as Litellm

        host, port = listener.getsockname()[:2]
        settings = Litellm.get_default_unvicorn_init_args(host, port)
        UvicornServer(uvicorn.Config(**settings, loop=Litellm.get_loop_type()), channel, output).run([listener])
    finally:
        sys.stdout.flush()
        if output.held is not None:
            output.tell_all()


if __name__ == "__main__":
    _, listener_number, channel_number, *strings = sys.argv
    main(socket.socket(fileno=int(listener_number)), socket.socket(fileno=int(channel_number)), *strings)
