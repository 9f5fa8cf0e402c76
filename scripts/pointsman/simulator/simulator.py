"""The simulator as a context manager: runs the server in a separate thread."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

from aiohttp import web

from pointsman.simulator.answers import Answer, answers_from
from pointsman.simulator.catalogue import UPSTREAMS
from pointsman.simulator.ledger import Ledger
from pointsman.simulator.server import application
from pointsman.simulator.upstream import Lane, Received


class Simulator:
    """Simulates every upstream on one port during a `with` block."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        self._port = port
        self._upstreams = {upstream.name: upstream for upstream in UPSTREAMS}
        self._ledger = Ledger()
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)

    def __enter__(self) -> Self:
        """Starts the server and waits until it listens.

        Raises:
            OSError: the port is taken.
        """
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops the server, and closes connections that still hang."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def url(self) -> str:
        """The URL of the server, such as `http://127.0.0.1:4100`."""
        return f"http://{self._host}:{self._port}"

    @property
    def received(self) -> list[Received]:
        """A copy of the requests so far, oldest first."""
        return self._ledger.received()

    @property
    def attempts(self) -> list[Received]:
        """The same without questions about accounts and model lists, which the proxy may send at any time."""
        return [request for request in self.received if not self._asks_about_the_account(request)]

    def _asks_about_the_account(self, request: Received) -> bool:
        upstream = self._upstreams.get(request.provider)
        found = upstream.route(request.method, request.path) if upstream else None
        return found is not None and found[0].lane is Lane.PROBE

    @property
    def left(self) -> int:
        """How many clients disconnected before their answer was complete."""
        return self._ledger.left()

    def environ(self) -> dict[str, str]:
        """Returns every `<NAME>_BASE_URL` and every key variable with its simulated key."""
        variables: dict[str, str] = {}
        for name in self._upstreams:
            variables |= self.environ_of(name)
        return variables

    def environ_of(self, provider: str) -> dict[str, str]:
        """Returns the variables of one provider."""
        return self._upstreams[provider].environ(self.url)

    def providers(self) -> tuple[str, ...]:
        """Returns the names of all providers."""
        return tuple(self._upstreams)

    def script(self, provider: str, *answers: str | Answer) -> None:
        """Queues answers, by value or catalogued name, for the next generation or embedding requests.

        A scripted answer replaces all handling of its request, including the key check. After the last one, the
        answers are faithful again.

        Raises:
            KeyError: no such provider, or no such answer in its catalogue.
        """
        self._queue(provider, Lane.GENERATION, answers)

    def script_probe(self, provider: str, *answers: str | Answer) -> None:
        """Does the same for the endpoints that verify keys, list models and report quotas."""
        self._queue(provider, Lane.PROBE, answers)

    def reset(self) -> None:
        """Removes all requests and all scripted answers."""
        self._ledger.reset()

    def _queue(self, provider: str, lane: Lane, answers: tuple[str | Answer, ...]) -> None:
        upstream = self._upstreams[provider]
        self._ledger.script(provider, lane, answers_from(answers, upstream.answers))

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()
            self._started.set()

    async def _serve(self) -> None:
        app = application(self._upstreams, self._ledger)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._host, self._port)
            await site.start()
        except OSError as failure:
            self._failure = failure
        else:
            self._port = runner.addresses[0][1]
            self._started.set()
            await self._stop.wait()
        finally:
            await runner.cleanup()
