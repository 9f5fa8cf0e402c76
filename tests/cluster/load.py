"""Clients that call continuously through nginx, and the result of each call."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from tests.cluster.machines import Machines
from tests.deploy.reverse_proxy import trust
from tests.patience import SECONDS, eventually, whole_lines
from tests.running import MASTER_KEY

CLIENTS = 8

_MESSAGES = [{"role": "user", "content": "Reply PONG"}]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call that is over."""

    name: str
    """Its own, which nginx has in its log."""
    begun: float
    """On the monotonic clock."""
    call_id: str
    """LiteLLM's, if the answer got as far as its headers."""
    answered: bool
    """Whether the whole answer arrived."""


class Load:
    """``CLIENTS`` clients while the `with` block lasts, each with one call at a time, every other one streamed."""

    def __init__(self, machines: Machines, model: str) -> None:
        self._machines = machines
        self._model = model
        self._name = secrets.token_hex(4)
        self._numbers = itertools.count()
        self._over = threading.Event()
        self._pool = ThreadPoolExecutor(CLIENTS)
        self.calls: list[Call] = []
        """Those that are over, in the order of their ends."""

    def __enter__(self) -> Self:
        self._at_work = [self._pool.submit(self._run) for _ in range(CLIENTS)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._pool.shutdown()
        for client in self._at_work:
            client.result()

    def answered(self, *, begun_after: float = 0.0) -> int:
        """How many calls have been answered of those that were begun then or later."""
        return sum(call.answered for call in self.calls if call.begun > begun_after)

    def served_by(self) -> dict[str, str]:
        """By call: the address of the proxy that answered or failed, the last of those that nginx has tried."""
        served: dict[str, str] = {}

        def complete() -> bool:
            lines = whole_lines(self._machines.nginx.with_name("access.log"))
            served.update((name, addresses.split(", ")[-1]) for name, _, addresses in (x.partition(" ") for x in lines))
            # A line is written a moment after the end of the answer.
            return all(call.name in served for call in self.calls)

        eventually(complete)
        return served

    def _run(self) -> None:
        with through_nginx(self._machines) as client:
            while not self._over.is_set():
                number = next(self._numbers)
                self.calls.append(_called(client, f"{self._name}-{number}", self._model, stream=number % 2 == 0))


def through_nginx(machines: Machines) -> httpx.Client:
    """A client of the cluster as a whole."""
    headers = {"Authorization": f"Bearer {MASTER_KEY}"}
    return httpx.Client(base_url=machines.url, verify=trust(machines.nginx), headers=headers, timeout=SECONDS)


def _called(client: httpx.Client, name: str, model: str, *, stream: bool) -> Call:
    body: dict[str, Any] = {"model": model, "messages": _MESSAGES, "max_tokens": 64, "stream": stream}
    begun, call_id, whole = time.monotonic(), "", False
    try:
        with client.stream("POST", "/v1/chat/completions", json=body, headers={"X-Call": name}) as response:
            call_id = response.headers.get("x-litellm-call-id", "")
            text = response.read().decode()
            whole = response.status_code == 200 and ("data: [DONE]" in text) == stream
    except httpx.TransportError:
        pass
    return Call(name=name, begun=begun, call_id=call_id, answered=whole)
