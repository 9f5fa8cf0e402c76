"""The duration of a limit is read from every form that providers use."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from custom_providers.engine.errors import waits
from custom_providers.engine.errors.failure import Failure
from custom_providers.engine.errors.statuses import StatusJudge

JUDGE = StatusJudge(provider="house", key="")
BUSY = b'{"error": {"message": "Rate limit reached"}}'


def _moment(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def _limited(headers: Mapping[str, str], body: bytes = BUSY) -> Failure:
    return JUDGE.answered(429, body, headers)


HEADERS = [
    ({"Retry-After": "42"}, 42),
    ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
    ({"X-RateLimit-Reset-Requests": "6m0s", "x-ratelimit-remaining-requests": "0"}, 360),
    ({"x-ratelimit-reset-tokens": "120ms", "x-ratelimit-remaining-tokens": "0"}, 0.12),
    ({"x-ratelimit-reset-tokens": "1h2m3.5s"}, 3723.5),
    # Of two limits, the reached one counts; if both are reached, the one that ends later.
    (
        {
            "x-ratelimit-reset-requests": "8.64s",
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-tokens": "2h",
            "x-ratelimit-remaining-tokens": "1999",
        },
        8.64,
    ),
    (
        {
            "x-ratelimit-reset-requests": "8s",
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-tokens": "70s",
            "x-ratelimit-remaining-tokens": "0",
        },
        70,
    ),
    ({"x-ratelimit-reset": "90"}, 90),
    # An explicit wait takes precedence over the reported limits.
    ({"retry-after": "3", "x-ratelimit-reset-requests": "6m", "x-ratelimit-remaining-requests": "0"}, 3),
]


@pytest.mark.parametrize(("headers", "seconds"), HEADERS)
def test_a_header_with_a_duration(headers: dict[str, str], seconds: float):
    assert _limited(headers).retry_after == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("anthropic-ratelimit-tokens-reset", _moment),
        ("anthropic-ratelimit-input-tokens-reset", _moment),
        ("x-ratelimit-reset", lambda seconds: str(int((time.time() + seconds) * 1000))),
        ("x-ratelimit-reset", lambda seconds: str(int(time.time() + seconds))),
    ],
)
def test_a_header_with_a_moment(name: str, text):
    wait = _limited({name: text(600)}).retry_after

    assert wait is not None
    assert 0 < wait <= 600
    assert _limited({name: text(-600)}).retry_after is None


BODIES = [
    (b'{"error": {"message": "slow", "details": [{"@type": "google.rpc.RetryInfo", "retryDelay": "34.4s"}]}}', 34.4),
    (b'{"error": {"message": "Please try again in 6m0s. Visit us."}}', 360),
    (b'{"error": {"message": "Please try again in 120ms."}}', 0.12),
    (b'{"error": {"message": "try again after 5 seconds"}}', 5),
    (b'{"error": {"message": "Resets in 2hr 11min."}}', 7860),
    (b'{"error": {"message": "limit reached, retry in 1 day and 2 hours"}}', 93600),
]


@pytest.mark.parametrize(("body", "seconds"), BODIES)
def test_a_body_that_says_how_long(body: bytes, seconds: float):
    assert _limited({}, body).retry_after == pytest.approx(seconds)


def test_a_moment_in_a_body():
    reset = int((time.time() + 600) * 1000)
    metadata = f'"metadata": {{"headers": {{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "{reset}"}}}}'
    wait = _limited({}, f'{{"error": {{"message": "slow", {metadata}}}}}'.encode()).retry_after

    assert wait is not None
    assert 590 < wait <= 600


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BUSY),
        ({"x-ratelimit-reset-requests": "soon"}, BUSY),
        ({"x-ratelimit-reset-requests": "1h", "x-ratelimit-remaining-requests": "7"}, BUSY),
        ({"x-ratelimit-reset": "inf"}, BUSY),
        ({"x-ratelimit-reset": "nan"}, BUSY),
        ({}, b'{"error": {"message": "at most 500 requests in 3 models"}}'),
        ({}, b'{"error": {"message": "retryDelay"}}'),
    ],
)
def test_what_says_nothing_is_no_wait(headers: dict[str, str], body: bytes):
    assert _limited(headers, body).retry_after is None


def test_resets_matter_only_where_a_limit_is_the_reason():
    headers = {"x-ratelimit-reset-requests": "1h", "x-ratelimit-remaining-requests": "0"}

    assert JUDGE.answered(503, BUSY, headers).retry_after is None


@pytest.mark.parametrize(
    ("seconds", "by_us", "by_the_client"), [("9", True, True), ("11", False, True), ("61", False, False)]
)
def test_who_is_to_ask_again(seconds: str, by_us: bool, by_the_client: bool):
    failure = _limited({"retry-after": seconds})

    assert (failure.worth_repeating, failure.worth_asking_again) == (by_us, by_the_client)


def test_a_spent_quota_says_when_it_is_filled_again():
    spent = b'{"error": {"type": "GoUsageLimitError", "message": "Weekly usage limit reached."}}'

    assert (_limited({"retry-after": "68400"}, spent).retries, _limited({}, spent).retry_after) == (0, None)
    assert _limited({"retry-after": "68400"}, spent).retry_after == 68400
    # Gateways send one or two seconds with every 429.
    assert _limited({"retry-after": "1"}, spent).retry_after is None


def test_a_long_text_is_read_in_no_time():
    assert waits.in_body("in 1" * 4000) is None
