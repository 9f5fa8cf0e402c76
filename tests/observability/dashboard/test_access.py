"""Who can open the dashboard: by address, by cookie, and never through a request of another site."""

from __future__ import annotations

from typing import Any

import pytest

from custom_providers.observability.dashboard import access, sessions

KEY = "sk-canary-master-Zq7Wn3Lk9Tx2"


def _scope(client: str = "127.0.0.1", method: str = "GET", http_version: str = "1.1", **headers: str) -> dict[str, Any]:
    sent = {
        "host": "localhost:4000",
        "connection": "keep-alive",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return {
        "type": "http",
        "scheme": "http",
        "method": method,
        "client": (client, 50000),
        "http_version": http_version,
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.9.1", "::1"])
@pytest.mark.parametrize("host", ["localhost:4000", "127.0.0.1:4000", "[::1]:4000", "LOCALHOST"])
def test_a_person_at_this_machine_needs_no_login(client: str, host: str):
    assert access.is_local(_scope(client, host=host))


@pytest.mark.parametrize(
    "scope",
    [
        _scope("192.0.2.7"),
        _scope("172.17.0.1"),
        _scope("not an address"),
        _scope(http_version="1.0"),
        _scope(x_forwarded_for="192.0.2.7"),
        _scope(x_forwarded_proto="https"),
        _scope(forwarded="for=192.0.2.7"),
        _scope(x_real_ip="127.0.0.1"),
        _scope(via="1.1 front"),
        # As nginx forwards any request, without further settings, or with those for WebSockets.
        _scope(connection="close"),
        _scope(connection="upgrade"),
        _scope(connection=""),
        {**_scope(), "client": None},
    ],
)
def test_whoever_comes_from_elsewhere_or_through_a_proxy_does(scope: dict[str, Any]):
    assert not access.is_local(scope)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[", "evil@x:1"]
)
def test_a_name_that_a_site_lets_lead_here_is_not_this_machine(host: str):
    assert not access.is_local(_scope(host=host))


@pytest.mark.parametrize(
    "scope",
    [
        _scope(origin="http://evil.example"),
        _scope(origin="http://localhost:3000"),
        _scope(origin="null"),
        _scope(sec_fetch_site="cross-site", sec_fetch_mode="cors"),
        _scope(sec_fetch_site="same-site", sec_fetch_mode="no-cors"),
        _scope(method="POST", sec_fetch_site="cross-site", sec_fetch_mode="navigate"),
    ],
)
def test_what_another_site_asks_for_is_foreign(scope: dict[str, Any]):
    assert access.is_foreign(scope)


@pytest.mark.parametrize(
    "scope",
    [
        _scope(),
        _scope(origin="http://localhost:4000"),
        _scope(sec_fetch_site="none", sec_fetch_mode="navigate"),
        _scope(sec_fetch_site="cross-site", sec_fetch_mode="navigate"),
        # Behind a proxy that changes the Host header, the browser's own header counts.
        _scope(method="POST", sec_fetch_site="same-origin", origin="https://proxy.example"),
    ],
)
def test_own_pages_and_links_from_elsewhere_are_not(scope: dict[str, Any]):
    assert not access.is_foreign(scope)


def test_a_cookie_holds_until_it_expires_and_while_the_key_stays():
    cookie = sessions.issued(KEY, 1000)

    assert sessions.is_valid(cookie, KEY, 1000 + sessions.SECONDS - 1)
    assert not sessions.is_valid(cookie, KEY, 1000 + sessions.SECONDS)
    assert not sessions.is_valid(cookie, "sk-another-master-key", 1000)
    assert not sessions.is_valid(cookie, "", 1000)
    assert KEY not in cookie
    assert sessions.issued(KEY, 1000) != cookie


@pytest.mark.parametrize("change", ["", "1.2.3", "..", "99999999999.x.", "\u00e9.\u00e9.\u00e9"])
def test_a_cookie_that_was_not_issued_is_none(change: str):
    assert not sessions.is_valid(change, KEY, 0)


def test_a_cookie_cannot_be_prolonged():
    expiry, rest = sessions.issued(KEY, 1000).split(".", 1)

    assert not sessions.is_valid(f"{int(expiry) + 1}.{rest}", KEY, 1000)


@pytest.mark.parametrize("given", ["", KEY[:-1], KEY + "x", "\udcff"])
def test_only_the_master_key_is_the_master_key(given: str):
    assert sessions.is_key(KEY, KEY)
    assert not sessions.is_key(given, KEY)
    assert not sessions.is_key(given, "")


def test_after_a_few_wrong_keys_a_client_waits_and_others_do_not():
    tries = sessions.Tries()
    for second in range(sessions.MOST_TRIES):
        assert tries.seconds_to_wait("192.0.2.7", second) == 0
        tries.failed("192.0.2.7", second)

    assert 0 < tries.seconds_to_wait("192.0.2.7", 10) <= sessions.TRIES_SECONDS
    assert tries.seconds_to_wait("192.0.2.8", 10) == 0
    assert tries.seconds_to_wait("192.0.2.7", sessions.TRIES_SECONDS) == 0
