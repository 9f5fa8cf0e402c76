"""Clients that make calls continuously through nginx, and the result of each call."""

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
    """A finished call."""

    name: str
    """The call's own name, which nginx logs."""
    begun: float
    """When it began, on the monotonic clock."""
    call_id: str
    """LiteLLM's call id, if the response's headers arrived."""
    answered: bool
    """Whether the complete response arrived."""


class Load:
    """Runs ``CLIENTS`` clients during a `with` block, each with one call at a time, half of them streamed."""

    def __init__(self, machines: Machines, model: str) -> None:
        self._machines = machines
        self._model = model
        self._name = secrets.token_hex(4)
        self._numbers = itertools.count()
        self._over = threading.Event()
        self._pool = ThreadPoolExecutor(CLIENTS)
        self.calls: list[Call] = []
        """The finished calls, in the order in which they ended."""

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
        """The number of successful calls that began after ``begun_after``."""
        return sum(call.answered for call in self.calls if call.begun > begun_after)

    def served_by(self) -> dict[str, str]:
        """Maps each call to the address of the last proxy that nginx tried for it."""
        served: dict[str, str] = {}

        def complete() -> bool:
            lines = whole_lines(self._machines.nginx.with_name("access.log"))
            served.update((name, addresses.split(", ")[-1]) for name, _, addresses in (x.partition(" ") for x in lines))
            # nginx writes a line shortly after the end of the response.
            return all(call.name in served for call in self.calls)

        eventually(complete)
        return served

    def _run(self) -> None:
        with through_nginx(self._machines) as client:
            while not self._over.is_set():
                number = next(self._numbers)
                self.calls.append(_called(client, f"{self._name}-{number}", self._model, stream=number % 2 == 0))


def through_nginx(machines: Machines) -> httpx.Client:
    """A client that reaches the cluster through nginx."""
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
