"""Which failures are troubles, and what an alert says; the failures' words are those that upstreams really send."""

from __future__ import annotations

import pytest

from custom_providers.alerts.trouble import Sign, sort_of, text
from custom_providers.kimi.failure import Kind
from custom_providers.routing import Row


def _sign(status: int | None, said: str = "", kind: str = "") -> Sign:
    return Sign(provider="p", model="m", status=status, error="SomeError", kind=kind, said=said)


@pytest.mark.parametrize(
    ("sign", "sort"),
    [
        (_sign(429, "insufficient_quota"), "quota"),
        (_sign(401, "CreditsError: No payment method"), "quota"),
        (_sign(400, "Your credit balance is too low to access the Anthropic API"), "quota"),
        (_sign(402, "Payment Required"), "quota"),
        (_sign(402, "credit is reserved by in-flight requests"), None),
        (_sign(429, "Rate limit reached, try again in 120ms"), None),
        (_sign(401, "Incorrect API key provided"), "key"),
        (_sign(403, "moderated"), "failing"),
        (_sign(500), "failing"),
        (_sign(503), "failing"),
        (_sign(408), "failing"),
        (_sign(400, "no such parameter"), None),
        (_sign(404), None),
        (_sign(None, "a fault of our own"), None),
        (_sign(403, kind=Kind.QUOTA), "quota"),
        (_sign(403, kind=Kind.BANNED), "key"),
        (_sign(429, kind=Kind.OVERLOADED), "failing"),
        (_sign(429, "insufficient_quota", kind=Kind.RATE_LIMIT), None),
        (_sign(400, kind=Kind.CONTENT_FILTER), None),
    ],
)
def test_the_trouble_behind_a_failure(sign: Sign, sort: str | None):
    assert sort_of(sign) == sort


def test_an_alert_says_what_where_and_what_to_do_and_nothing_of_what_was_said():
    row = Row(name="p", default_model="m", auth_env="P_KEY", fallbacks=("a/b", "c/d"))
    sign = _sign(401, "secret words")
    assert text(sign, "key", row) == (
        "p: key rejected (HTTP 401, SomeError; model m). Put a working key into $P_KEY, then `switchyard reload`;"
        " `switchyard check --live` tests it."
    )
    assert "Its fallbacks answer meanwhile: a/b, c/d." in text(sign, "failing", row)
    assert "$P_KEY" in text(sign, "quota", row)
