"""2,000 requests, 1,200 streams whose clients disconnect and 400 half-open connections leak no resources."""

from __future__ import annotations

import contextlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.patience import SECONDS
from tests.security.keys import EVERYTHING
from tests.security.memory import descriptors, resident_mb
from tests.security.raw import connected, written

CHAT = "/v1/chat/completions"
REQUESTS, VANISHED, HALF_OPEN = 2000, 1200, 400
AT_ONCE = 8
WARM_UP = 200


def _body(**fields: Any) -> dict[str, Any]:
    return {"model": "openai/gpt-4o-mini", "messages": [{"role": "user", "content": "Reply PONG"}], **fields}


def test_memory_and_descriptors_are_back_after_it(impatient: Recorded, simulator: Simulator):
    pid = impatient.proxy.process.pid
    _ask(impatient, WARM_UP)
    _settled(pid, 0)
    memory, files = resident_mb(pid), descriptors(pid)

    half_open = [connected(impatient.proxy.url) for _ in range(HALF_OPEN)]
    for connection in half_open[::2]:
        connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n")
    _ask(impatient, REQUESTS)
    _vanish(impatient, VANISHED)

    left = _settled(pid, files + 20)
    for connection in half_open:
        connection.close()
    assert left <= files + 20
    assert resident_mb(pid) - memory < 150
    simulator.reset()


def _ask(recorded: Recorded, count: int) -> None:
    with recorded.proxy.client(EVERYTHING) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = pool.map(lambda _: client.post(CHAT, json=_body(), timeout=SECONDS).status_code, range(count))
        assert set(statuses) == {200}


def _vanish(recorded: Recorded, count: int) -> None:
    request = written("POST", CHAT, EVERYTHING, json.dumps(_body(stream=True)).encode())

    def vanish(_: int) -> None:
        with contextlib.suppress(OSError), connected(recorded.proxy.url) as connection:
            connection.sendall(request)
            connection.recv(200)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(vanish, range(count)))


def _settled(pid: int, most: int) -> int:
    """Waits until the open descriptors are at most ``most`` or stop decreasing; returns their number."""
    deadline = time.monotonic() + SECONDS
    found = descriptors(pid)
    while time.monotonic() < deadline:
        time.sleep(2)
        before, found = found, descriptors(pid)
        if found <= most or (most == 0 and found >= before):
            break
    return found
