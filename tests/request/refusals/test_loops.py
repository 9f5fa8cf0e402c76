"""A request that returns, through any number of hosts, is refused by the first proxy that it passed."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.request.refusals import loops

HOUSE = "http://gateway.example/v1"


def _received(call: dict[str, Any]) -> dict[str, Any]:
    """The headers of a call that the next proxy receives, through a web server that rewrites header names."""
    sent = {name.lower(): value for name, value in (call.get("extra_headers") or {}).items()}
    return {"proxy_server_request": {"headers": sent}}


def _sent(received: dict[str, Any], mark: str, base_url: str = HOUSE) -> dict[str, Any]:
    return loops.marked({**received, "api_base": base_url}, mark)


def test_a_loop_over_two_hosts_ends_at_the_first():
    first, second = loops.new_mark(), loops.new_mark()
    at_second = _received(_sent({}, first))
    assert loops.refusal(at_second, second) is None

    back_at_first = _received(_sent(at_second, second))

    assert "has passed through this proxy before" in str(loops.refusal(back_at_first, first))


def test_a_chain_of_proxies_is_no_loop_until_it_is_too_long():
    received: dict[str, Any] = {}
    for _ in range(loops.MOST_HOPS):
        assert loops.refusal(received, loops.new_mark()) is None
        received = _received(_sent(received, loops.new_mark()))

    assert "has passed through 5 proxies" in str(loops.refusal(received, loops.new_mark()))


@pytest.mark.parametrize("base_url", ["https://api.openai.com/v1", "https://API.ANTHROPIC.COM/v1", ""])
def test_a_vendor_gets_no_mark(base_url: str):
    assert "extra_headers" not in _sent({}, loops.new_mark(), base_url)


@pytest.mark.parametrize(
    "base_url",
    ["http://[::1]:4000/v1", "http://0.0.0.0:4000", "https://gw.internal/v1", "https://notopenai.com/v1"],
)
def test_everybody_else_gets_it(base_url: str):
    assert loops.HEADER in _sent({}, loops.new_mark(), base_url)["extra_headers"]
