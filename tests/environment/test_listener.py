"""The proxy's own URL is recognised under every name."""

from __future__ import annotations

import pytest

from custom_providers.environment import admission
from custom_providers.environment.listener import FLAW, Listener, addresses_of, parsed

NAMES = {
    "localhost": {"127.0.0.1", "::1"},
    "127.0.0.1": {"127.0.0.1"},
    "::1": {"::1"},
    "0.0.0.0": {"0.0.0.0"},
    "::": {"::"},
    "::ffff:127.0.0.1": {"::ffff:127.0.0.1"},
    "gateway.local": {"127.0.0.1"},
    "api.openai.com": {"203.0.113.7"},
}


def _addresses(host: str) -> frozenset[str]:
    return frozenset(NAMES.get(host, ()))


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "0.0.0.0", "[::ffff:127.0.0.1]", "gateway.local", "LOCALHOST"]
)
def test_every_name_of_the_proxy_is_known(host: str):
    assert Listener(host="127.0.0.1", port=4000).is_at(f"http://{host}:4000/v1", _addresses)
    assert Listener(host="localhost", port=4000).is_at(f"http://{host}:4000/v1", _addresses)
    assert Listener(host="0.0.0.0", port=4000).is_at(f"http://{host}:4000/v1", _addresses)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:11434",
        "http://localhost/v1",
        "https://api.openai.com:4000/v1",
        "https://api.openai.com/v1",
        "http://nobody.knows:4000/v1",
        "http://127.0.0.2:4000/v1",
    ],
)
def test_nobody_else_is_taken_for_it(url: str):
    assert not Listener(host="127.0.0.1", port=4000).is_at(url, lambda host: _addresses(host) or frozenset())


def test_a_port_may_go_without_saying():
    assert Listener(host="127.0.0.1", port=80).is_at("http://localhost/v1", _addresses)
    assert not Listener(host="127.0.0.1", port=443).is_at("http://localhost/v1", _addresses)


def test_a_listener_on_all_addresses_is_at_each_name_of_this_machine():
    assert Listener(host="0.0.0.0", port=4000).is_at("http://gateway.local:4000", _addresses)
    assert Listener(host="0.0.0.0", port=4000).is_at("http://localhost:4000", addresses_of)
    assert not Listener(host="0.0.0.0", port=4000).is_at("http://203.0.113.7:4000", addresses_of)


def test_it_survives_the_way_through_a_variable():
    for listener in (Listener(host="127.0.0.1", port=4000), Listener(host="::1", port=1)):
        assert parsed(str(listener)) == listener
    assert parsed("") is None


def test_an_override_that_is_the_proxy_is_refused():
    own = Listener(host="127.0.0.1", port=4000)

    assert admission.override("openai", "openai", {"OPENAI_BASE_URL": "http://localhost:4000/v1"}, own).flaw == FLAW
    assert admission.override("openai", "openai", {"OPENAI_BASE_URL": "http://localhost:4001/v1"}, own).flaw == ""
