"""Virtual keys on two proxies: limits, budgets, spend and revocation are shared."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from custom_providers.registry.model import Registry
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.cluster.redis_server import RedisServer
from tests.database.environment import STORES_SPEND, DatabaseEnvironment, query
from tests.observability.audit.cluster import Cluster
from tests.patience import eventually
from tests.running import Proxy

pytestmark = pytest.mark.proxy

COST = 9e-07
"""The cost of the tests' request, in US dollars, by LiteLLM's prices."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two proxies with one database and one Redis."""

    first: Proxy
    second: Proxy
    database_url: str

    def key(self, **limits: Any) -> str:
        """Creates a virtual key on the first proxy."""
        return str(_posted(self.first, "/key/generate", limits)["key"])


@pytest.fixture(scope="module")
def pair(
    database_environment: DatabaseEnvironment,
    postgres: Cluster,
    redis_server: RedisServer,
    upstreams: Simulator,
    example_registry: Registry,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    """Two proxies with the generated config."""
    url = database_environment.create_database(postgres, "two_proxies")
    gateway = replace(example_registry.gateway, database_url_env="DATABASE_URL", redis_url_env="SHARED_REDIS_URL")
    text = render(replace(example_registry, gateway=gateway), "registry.toml")
    env = {**upstreams.environ(), "SHARED_REDIS_URL": redis_server.url}
    with ExitStack() as stack:

        def start(name: str) -> Proxy:
            folder = tmp_path_factory.mktemp(name)
            config = folder / "litellm_config.yaml"
            config.write_text(text)
            return stack.enter_context(database_environment.litellm(config, url, env, folder / "proxy.log"))

        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(start, ("first", "second"))
        yield Pair(first=first, second=second, database_url=url)


def _posted(proxy: Proxy, path: str, body: dict[str, Any]) -> dict[str, Any]:
    with proxy.client() as client:
        answer = client.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def _chat(proxy: Proxy, key: str) -> httpx.Response:
    body = {"model": "fast", "messages": [{"role": "user", "content": "Reply PONG"}]}
    with proxy.client(key) as client:
        return client.post("/v1/chat/completions", json=body)


def _refused(proxy: Proxy, key: str, answers: list[httpx.Response]) -> bool:
    """Makes a call; returns whether the budget is used up, else adds the response to ``answers``."""
    answer = _chat(proxy, key)
    if answer.status_code == 200:
        answers.append(answer)
        return False
    assert (answer.status_code, answer.json()["error"]["type"]) == (422, "budget_exceeded"), answer.text
    return True


def _statuses(proxies: Sequence[Proxy], key: str, calls: int) -> Counter[int]:
    turns = itertools.islice(itertools.cycle(proxies), calls)
    with ThreadPoolExecutor(calls) as pool:
        return Counter(pool.map(lambda proxy: _chat(proxy, key).status_code, turns))


def test_a_virtual_keys_rate_limit_holds_across_both(pair: Pair, simulator: Simulator):
    key = pair.key(rpm_limit=6)

    assert _statuses((pair.first, pair.second), key, 20) == {200: 6, 429: 14}


def test_both_spend_one_budget(pair: Pair, simulator: Simulator):
    key = pair.key(max_budget=5.5 * COST)
    answers: list[httpx.Response] = []

    eventually(lambda: _refused(pair.first, key, answers) and _refused(pair.second, key, answers))

    assert {float(answer.headers["x-litellm-response-cost"]) for answer in answers} == {COST}
    # The last call's cost may reach Redis after the next call arrives; two separate budgets would have allowed 12.
    assert 6 <= len(answers) < 10


@STORES_SPEND
def test_the_spend_of_both_adds_up_in_the_database(pair: Pair, simulator: Simulator):
    key = pair.key()
    assert _statuses((pair.first, pair.second), key, 6) == {200: 6}

    def told(proxy: Proxy) -> float:
        with proxy.client(key) as client:
            return float(client.get("/key/info").json()["info"]["spend"])

    eventually(lambda: [told(proxy) for proxy in (pair.first, pair.second)] == pytest.approx([6 * COST] * 2))
    count = f"SELECT count(*) FROM \"LiteLLM_SpendLogs\" WHERE api_key = encode(sha256('{key}'), 'hex')"
    eventually(lambda: query(pair.database_url, count) == [(6,)])


def test_a_key_that_is_blocked_on_one_is_refused_by_the_other(pair: Pair, simulator: Simulator):
    key = pair.key()
    assert _chat(pair.second, key).status_code == 200

    _posted(pair.first, "/key/block", {"key": key})

    eventually(lambda: _chat(pair.second, key).status_code == 401)


def test_without_postgres_a_key_that_a_proxy_knows_is_served_and_no_other(
    pair: Pair, simulator: Simulator, postgres: Cluster
):
    known, unknown = pair.key(), pair.key()
    proxies = (pair.first, pair.second)
    assert [_chat(proxy, known).status_code for proxy in proxies] == [200, 200]
    postgres.stop()
    try:
        statuses = [[_chat(proxy, key).status_code for key in (known, unknown)] for proxy in proxies]
    finally:
        postgres.start()
    assert statuses == [[200, 503]] * 2
    eventually(lambda: [_chat(proxy, unknown).status_code for proxy in proxies] == [200, 200])
