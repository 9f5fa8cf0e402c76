"""LiteLLM does not translate requests to Claude and uses placeholder messages; its log has the client's messages."""

from __future__ import annotations

import datetime as dt

from litellm.litellm_core_utils.litellm_logging import Logging

from custom_providers.engine import ordinary_providers
from custom_providers.engine.streaming.exchange import CURRENT, Exchange

ASKED = [{"role": "user", "content": "What is in this contract?"}]


def _logging() -> Logging:
    return Logging(
        model="claude-haiku-4-5",
        messages=[{"role": "user", "content": "-"}],
        stream=True,
        call_type="anthropic_messages",
        start_time=dt.datetime.now(),  # noqa: DTZ005 -- LiteLLM's naive clock
        litellm_call_id="call",
        function_id="function",
    )


def test_callbacks_and_spend_have_the_clients_messages():
    exchange, log = Exchange("messages"), _logging()
    exchange.wire, exchange.request = "anthropic", {"messages": ASKED}
    token = CURRENT.set(exchange)
    try:
        ordinary_providers.plan({"logging_obj": log, "model": "claude-haiku-4-5", "litellm_params": {}})
    finally:
        CURRENT.reset(token)

    assert log.messages == ASKED
    assert log.model_call_details["messages"] == ASKED


def test_another_wire_keeps_what_litellm_has():
    exchange, log = Exchange("messages"), _logging()
    exchange.wire, exchange.request = "openrouter", {"messages": ASKED}
    token = CURRENT.set(exchange)
    try:
        ordinary_providers.plan({"logging_obj": log, "model": "m", "litellm_params": {}})
    finally:
        CURRENT.reset(token)

    assert log.messages == [{"role": "user", "content": "-"}]
