"""Under load, the database stops twice and the proxy is killed; every successful call has exactly one row.

POINTSMAN_ENDURANCE_CALLS=5000 runs the full length; by default there are fewer calls.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from custom_providers.registry.model import Audit, Registry
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.observability.audit.cluster import Cluster
from tests.patience import SECONDS, eventually
from tests.running import MASTER_KEY, Proxy, litellm

pytestmark = pytest.mark.proxy

CALLS = int(os.environ.get("POINTSMAN_ENDURANCE_CALLS", "500"))
CLIENTS = 16
VARIABLE = "AUDIT_DATABASE_URL"


class Load:
    """Clients that keep making calls, even while the proxy is down, until enough have succeeded."""

    def __init__(self) -> None:
        self.answered: list[str] = []
        """The call ids of complete responses."""
        self._url = ""
        self._up = threading.Event()
        self._over = False

    def to(self, proxy: Proxy) -> None:
        """Directs further calls to this proxy."""
        self._url = proxy.url
        self._up.set()

    def pause(self) -> None:
        """Stops calls until there is a proxy again."""
        self._up.clear()

    def end(self) -> None:
        """Ends all calls."""
        self._over = True
        self._up.set()

    def run(self) -> None:
        """Runs one client."""
        with httpx.Client(headers={"Authorization": f"Bearer {MASTER_KEY}"}, timeout=SECONDS) as client:
            while len(self.answered) < CALLS and not self._over:
                self._up.wait()
                number = len(self.answered)
                body = {
                    "model": ("fast", "local", "kimi/kimi-for-coding", "keyless/x")[number % 4],
                    "messages": [{"role": "user", "content": f"call {number}"}],
                    "stream": number % 3 == 0,
                }
                try:
                    answer = client.post(f"{self._url}/v1/chat/completions", json=body)
                except httpx.TransportError:
                    time.sleep(0.05)
                    continue
                self.answered.append(answer.headers["x-litellm-call-id"])

    def reached(self, share: float) -> None:
        """Waits until this share of the calls has succeeded."""
        eventually(lambda: len(self.answered) >= share * CALLS)


_IDS = "SELECT call_id FROM tool_calls"


@pytest.fixture
def load() -> Iterator[Load]:
    """The clients, which start immediately."""
    load = Load()
    with ThreadPoolExecutor(CLIENTS) as pool:
        at_work = [pool.submit(load.run) for _ in range(CLIENTS)]
        yield load
        load.end()
        for client in at_work:
            client.result()


def test_every_answered_call_has_its_row_and_none_has_two(
    load: Load, database: Cluster, upstreams: Simulator, example_registry: Registry, tmp_path: Path
):
    config = tmp_path / "litellm_config.yaml"
    config.write_text(render(replace(example_registry, audit=Audit(url_env=VARIABLE)), "registry.toml"))
    env = {**upstreams.environ(), VARIABLE: database.url}
    with litellm(config, env, tmp_path / "first.log") as proxy:
        load.to(proxy)
        load.reached(0.2)
        database.stop()
        load.reached(0.3)
        database.start()
        load.reached(0.4)
        database.stop()
        load.reached(0.5)
        load.pause()
        proxy.process.kill()
        proxy.process.wait()
    spool = tmp_path / ".pointsman" / "spool"
    assert sum(path.stat().st_size for path in spool.iterdir()) > 0, "rows were waiting when it was killed"
    with litellm(config, env, tmp_path / "second.log") as proxy:
        load.to(proxy)
        load.reached(0.7)
        database.start()
        load.reached(1.0)
        # The writer's pause between retries has grown while the database was down.
        eventually(lambda: set(load.answered) <= {call_id for (call_id,) in database.query(_IDS)})
    rows = database.query("SELECT call_id, outcome FROM tool_calls")
    found = Counter(call_id for call_id, _ in rows)
    assert len(load.answered) >= CALLS
    assert set(load.answered) - set(found) == set()
    assert [call_id for call_id, times in found.items() if times > 1] == []
    lost = {call_id for call_id, outcome in rows if outcome == "lost"}
    assert lost & set(load.answered) == set()
    assert len(lost) <= CLIENTS, "only calls that were under way when the proxy was killed"
    assert list(spool.iterdir()) == [], "nothing is left to deliver"
