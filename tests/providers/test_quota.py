"""Quotas read from responses: both of Kimi's formats, alone and together, and unexpected ones."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_providers.providers import kimi, moonshot, ollama_cloud, opencode, openrouter
from custom_providers.providers.account.quota import Window, left, until, used

LIMITS_5H = {
    "window": {"duration": 300, "timeUnit": "TIME_UNIT_MINUTE"},
    "detail": {"limit": "100", "remaining": "100", "resetTime": "2026-07-19T17:10:02Z"},
}
JULY = {
    "user": {"userId": "u-1", "region": "REGION_OVERSEA", "membership": {"level": "LEVEL_BASIC"}},
    "usage": {"limit": "100", "remaining": "100", "resetTime": "2026-07-26T12:10:02Z"},
    "limits": [LIMITS_5H],
    "parallel": {"limit": "10"},
    "totalQuota": {"limit": "100", "remaining": "99"},
    "authentication": {"method": "METHOD_API_KEY", "scope": "FEATURE_CODING"},
    "subType": "TYPE_PURCHASE",
}
SEPTEMBER = {
    "limits": [
        {
            "window": {"duration": 300, "timeUnit": "TIME_UNIT_MINUTE"},
            "detail": {"limit": "100", "used": "46", "remaining": "54", "resetTime": "2026-09-19T03:35:46Z"},
        }
    ],
    "usages": {
        "limit_5h": {"used_ratio": 0.46, "reset_time": "2026-09-19T03:35:45Z"},
        "limit_7d": {"used_ratio": "0.3", "reset_time": "2026-09-22T00:00:00Z"},
        "limit_month_total": {"used_ratio": 0.2421, "reset_time": "2026-10-19T00:00:00Z"},
        "limit_month_code": {"used_ratio": 0, "reset_time": "2026-10-19T00:00:00Z"},
        "boosterWallet": {"used_ratio": 0.9, "balance": "3"},
    },
    "boosterWallet": {"balance": "3"},
}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_kimis_older_shape_has_numbers_as_strings():
    assert kimi.quota(JULY) == (
        Window(name="5 hours", used=0, remaining=100, limit=100, resets_at=_time("2026-07-19T17:10:02")),
        Window(name="7 days", used=0, remaining=100, limit=100, resets_at=_time("2026-07-26T12:10:02")),
        Window(name="total", used=0.01, remaining=99, limit=100),
    )


def test_kimis_two_shapes_together_are_one_window_each():
    """The ratio and its reset time take precedence over the older amounts; the booster is not a quota."""
    assert kimi.quota(SEPTEMBER) == (
        Window(name="5 hours", used=0.46, remaining=54, limit=100, resets_at=_time("2026-09-19T03:35:45")),
        Window(name="7 days", used=0.3, resets_at=_time("2026-09-22T00:00:00")),
        Window(name="month", used=0.2421, resets_at=_time("2026-10-19T00:00:00")),
        Window(name="month, code", used=0, resets_at=_time("2026-10-19T00:00:00")),
    )


def test_kimis_newer_shape_stands_alone():
    only_new = {"usages": SEPTEMBER["usages"]}

    assert [window.name for window in kimi.quota(only_new)] == ["5 hours", "7 days", "month", "month, code"]


@pytest.mark.parametrize(
    ("window", "name"),
    [
        ({"duration": 300, "timeUnit": "TIME_UNIT_MINUTE"}, "5 hours"),
        ({"duration": "5", "timeUnit": "TIME_UNIT_HOUR"}, "5 hours"),
        ({"duration": 7, "timeUnit": "TIME_UNIT_DAY"}, "7 days"),
        ({"duration": 90, "timeUnit": "TIME_UNIT_MINUTE"}, "90 minutes"),
        ({"duration": 1, "timeUnit": "TIME_UNIT_ERA"}, "limit"),
        (None, "limit"),
    ],
)
def test_a_window_is_named_by_its_length(window: Any, name: str):
    (found,) = kimi.quota({"limits": [{"window": window, "detail": {"limit": "10", "used": "4"}}]})

    assert (found.name, found.used, found.remaining) == (name, 0.4, 6)


def test_more_used_than_granted_is_more_than_all():
    assert openrouter.account_credits({"data": {"total_credits": 10, "total_usage": 10.02}}) == (
        Window(name="credits", used=1.002, remaining=-0.02, limit=10, unit="USD"),
    )


def test_nothing_bought_is_nothing_left():
    (window,) = openrouter.account_credits({"data": {"total_credits": 0, "total_usage": 0}})

    assert window.used == 1


MEMBERS = (
    *("usage", "usages", "limits", "limit", "remaining", "used", "window", "detail", "duration", "timeUnit"),
    *("totalQuota", "limit_5h", "used_ratio", "reset_time", "resetTime", "limit_reset"),
    *("data", "included", "weekly", "rolling", "percent"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(MEMBERS),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)
READERS: list[Callable[[Any], tuple[Window, ...]]] = [
    kimi.quota,
    openrouter.key_limits,
    openrouter.account_credits,
    ollama_cloud.balance,
    opencode.usage,
    functools.partial(moonshot.balance, unit="USD"),
]


@settings(deadline=None)
@given(JSON)
def test_whatever_comes_is_read_or_left_alone(answer: Any):
    """No response of any shape breaks a reader, and every result can be displayed."""
    for read in READERS:
        for window in read(answer):
            assert json.dumps(window.as_json())
            assert isinstance(left(window) + used(window), str)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2026-11-21T14:11:00", "2 h 11 min"),
        ("2026-11-24T15:00:00", "3 d 3 h"),
        ("2026-11-21T12:00:20", "a moment"),
        ("2026-11-20T12:00:00", "a moment"),
    ],
)
def test_a_reset_is_told_in_two_units(moment: str, text: str):
    assert until(_time(moment), _time("2026-11-21T12:00:00")) == text
