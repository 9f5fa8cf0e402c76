"""Two proxies behind nginx: one is killed under load, Postgres stops, streams are not buffered."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from pointsman.simulator import Answer, Simulator
from tests.cluster.load import CLIENTS, Load, through_nginx
from tests.cluster.machines import Machines
from tests.patience import eventually
from tests.running import MASTER_KEY

pytestmark = pytest.mark.proxy

MODEL = "claude/claude-haiku-4-5"
SLOW = Answer(faithful=True, delay=0.1, chunk_delay=0.05)


def _rows(machines: Machines) -> list[tuple[object, ...]]:
    """The call id and outcome of every audit row."""
    if machines.postgres.query("SELECT to_regclass('tool_calls')") == [(None,)]:
        return []
    return machines.postgres.query("SELECT call_id, outcome FROM tool_calls")


def test_of_a_killed_proxy_nothing_is_lost_but_what_was_in_flight_on_it(machines: Machines, simulator: Simulator):
    simulator.script("claude", *[SLOW] * 10_000)
    with Load(machines, MODEL) as load:
        eventually(lambda: load.answered() >= 5 * CLIENTS)
        machines.first.kill()
        killed = time.monotonic()
        eventually(lambda: load.answered(begun_after=killed) >= 5 * CLIENTS)
    simulator.reset()
    failed = [call for call in load.calls if not call.answered]
    served = load.served_by()

    assert failed, "there was nothing in flight on it: the test shows nothing"
    assert {served[call.name] for call in failed} == {machines.first.address}
    assert all(call.begun < killed for call in failed)
    assert len(failed) <= CLIENTS
    assert {served[call.name] for call in load.calls if call.answered} == {
        machines.first.address,
        machines.second.address,
    }

    machines.first.start()
    answered = {call.call_id for call in load.calls if call.answered}
    # The killed proxy delivers its remaining rows at its next start.
    eventually(lambda: answered <= {call_id for call_id, _ in _rows(machines)})
    rows = [(call_id, outcome) for call_id, outcome in _rows(machines) if call_id in answered]
    assert Counter(rows) == {(call_id, "success"): 1 for call_id in answered}
    assert Counter(outcome for _, outcome in _rows(machines))["lost"] <= len(failed)


def test_a_proxy_that_is_back_is_given_calls_again(machines: Machines, simulator: Simulator):
    def first_was_chosen() -> bool:
        with Load(machines, MODEL) as load:
            eventually(lambda: load.answered() >= CLIENTS)
        assert all(call.answered for call in load.calls)
        served = load.served_by()
        return machines.first.address in {served[call.name] for call in load.calls}

    eventually(first_was_chosen)


def test_tokens_come_through_nginx_while_the_answer_is_still_being_made(machines: Machines, simulator: Simulator):
    """The upstream never sends its last chunk, so the chunks that have arrived were not buffered."""
    simulator.script("claude", *[Answer(faithful=True, fault="hang", after=4)] * 4)
    body = {"model": MODEL, "messages": [{"role": "user", "content": "Reply PONG"}], "max_tokens": 64, "stream": True}
    with through_nginx(machines) as client:
        for _ in range(4):
            with client.stream("POST", "/v1/chat/completions", json=body) as response:
                assert any('"content":"PO' in line for line in response.iter_lines())


def test_a_long_stream_arrives_whole(machines: Machines, simulator: Simulator):
    simulator.script("claude", *[Answer(faithful=True, chunk_delay=0.3)] * 4)
    with Load(machines, MODEL) as load:
        eventually(lambda: len(load.calls) >= CLIENTS)
    assert all(call.answered for call in load.calls)


def test_without_postgres_calls_are_answered_and_their_rows_come_later(machines: Machines, simulator: Simulator):
    machines.postgres.stop()
    try:
        answers = [replica.chat(MASTER_KEY, "local") for replica in (*machines.both, *machines.both)]
    finally:
        machines.postgres.start()
    assert [answer.status_code for answer in answers] == [200] * 4
    ids = {answer.headers["x-litellm-call-id"] for answer in answers}
    eventually(lambda: ids <= {call_id for call_id, _ in _rows(machines)})
    assert Counter(call_id for call_id, _ in _rows(machines) if call_id in ids) == dict.fromkeys(ids, 1)
