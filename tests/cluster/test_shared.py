"""State that two proxies share through Redis."""

from __future__ import annotations

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from pointsman.simulator import Simulator
from tests.cluster.machines import Machines
from tests.cluster.redis_server import PASSWORD
from tests.cluster.replica import Replica
from tests.patience import eventually
from tests.running import MASTER_KEY

pytestmark = pytest.mark.proxy


def _statuses(replicas: tuple[Replica, ...], key: str, calls: int, model: str = "local") -> Counter[int]:
    """Makes concurrent calls, alternating between the replicas; returns how often each status came."""
    turns = itertools.islice(itertools.cycle(replicas), calls)
    with ThreadPoolExecutor(calls) as pool:
        return Counter(pool.map(lambda replica: replica.chat(key, model).status_code, turns))


def _asked_of(simulator: Simulator, provider: str) -> int:
    return sum(request.provider == provider for request in simulator.attempts)


def test_a_keys_rate_limit_holds_across_both(machines: Machines, simulator: Simulator):
    assert _statuses(machines.both, "sk-6-a-minute-shared", 20) == {200: 6, 429: 14}


def test_a_cooldown_on_one_is_seen_by_the_other(machines: Machines, simulator: Simulator):
    simulator.script("openai", *["server_error"] * 100)
    # LiteLLM counts one failure per request, regardless of retries, so send more than the limit.
    assert _statuses((machines.first,), MASTER_KEY, 12, "fast") == {200: 12}

    def spares_it() -> bool:
        asked = _asked_of(simulator, "openai")
        answer = machines.second.chat(MASTER_KEY, "fast")
        assert answer.status_code == 200, answer.text
        assert simulator.attempts[-1].provider == "openrouter", "the first of the fallbacks"
        return _asked_of(simulator, "openai") == asked

    # A replica may read the cooldown a moment late; from its own failures it would conclude so after the seventh.
    assert any(spares_it() for _ in range(5))


def test_answers_are_not_cached(machines: Machines, simulator: Simulator):
    for replica in (*machines.both, *machines.both):
        assert replica.chat(MASTER_KEY, "kimi/kimi-for-coding", max_tokens=2000).status_code == 200

    assert [request.provider for request in simulator.attempts] == ["kimi"] * 4


def test_without_redis_both_answer_and_each_keeps_its_own_count_until_it_is_back(
    machines: Machines, simulator: Simulator
):
    machines.redis.stop()
    try:
        assert _statuses(machines.both, "sk-6-a-minute-alone", 20) == {200: 12, 429: 8}
    finally:
        machines.redis.start()
    names = itertools.count()

    def shared() -> bool:
        key = f"sk-1-a-minute-{next(names)}"
        return [replica.chat(key, "local").status_code for replica in machines.both] == [200, 429]

    eventually(shared)


def test_the_password_of_redis_is_in_no_log(machines: Machines):
    assert PASSWORD not in machines.first.log() + machines.second.log()
