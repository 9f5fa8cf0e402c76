"""Every named error answer of the simulator is classified, in any format."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from custom_providers.engine.errors.error_answer import quoted
from custom_providers.engine.errors.failure import FailureKind
from custom_providers.kimi.account.systems import KIMI_CODE
from custom_providers.kimi.errors.classify import classify, classify_in_band, trace_id
from custom_providers.kimi.errors.meanings import FailedCall, redact

CALL = FailedCall(system=KIMI_CODE, model="k3", base_url=KIMI_CODE.base_url, key="sk-kimi-secret0123456789")
OVERLOADED = '{"error":{"message":"The engine is currently overloaded","type":"engine_overloaded_error"}}'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"error":{"message":"no","type":"t"}}', ("no", "t")),
        ('{"type":"error","error":{"type":"t","message":"no"}}', ("no", "t")),
        ('{"error":"no"}', ("no", "")),
        ('{"message":"no"}', ("no", "")),
        ('"no"', ("no", "")),
        ("[1]", ("[1]", "")),
        ("<html><head><title>504 Gateway Time-out</title></head></html>", ("504 Gateway Time-out", "")),
        ("<p>no</p>", ("no", "")),
        ("", ("", "")),
        (b"\xff", ("\ufffd", "")),
    ],
)
def test_an_errors_words_are_found_in_any_shape(body: str | bytes, message: tuple[str, str]):
    """The error may have a type or not, and may be JSON or not."""
    assert quoted(body) == message


@pytest.mark.parametrize("value", ["7", "7.0"])
def test_retry_after_in_seconds_is_kept(value: str):
    """Retry-After is kept for errors that may be retried."""
    assert classify(429, OVERLOADED, {"Retry-After": value}, CALL).retry_after == 7.0


def test_retry_after_as_a_date_is_kept():
    """HTTP also allows a date."""
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    wait = classify(429, OVERLOADED, {"retry-after": later}, CALL).retry_after
    assert wait is not None
    assert 25 < wait <= 30


@pytest.mark.parametrize("value", ["soon", "", "Tue"])
def test_a_retry_after_that_says_nothing_is_none(value: str):
    """The handler then uses its own pauses."""
    assert classify(429, OVERLOADED, {"retry-after": value}, CALL).retry_after is None


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999", "9" * 400])
def test_a_wait_that_is_no_time_is_none(value: str):
    """Python parses these values as numbers; also in a message's text."""
    assert classify(429, OVERLOADED, {"retry-after": value}, CALL).retry_after is None
    assert classify(429, f'{{"message":"overloaded, try again in {value} seconds"}}', {}, CALL).retry_after is None


def test_a_wait_in_words_is_understood():
    """Kimi's rate limit errors have the wait in their message."""
    said = "request reached max RPM: 3, please try again after 5 seconds"
    body = f'{{"error":{{"message":"{said}","type":"rate_limit_reached_error"}}}}'
    failure = classify(429, body, {}, CALL)
    assert (failure.kind, failure.retry_after) == (FailureKind.RATE_LIMIT, 5.0)


def test_kimis_name_for_the_exchange_is_told():
    """The error has Kimi's request id for Kimi's support."""
    failure = classify(500, "", {"X-Trace-Id": "abc"}, CALL)
    assert failure.trace_id == "abc"
    assert failure.message.endswith("(HTTP 500, trace abc)")


@pytest.mark.parametrize("named", ["a b", "\u2192", "\udcff", "x" * 129])
def test_a_name_that_no_header_can_hold_is_none(named: str):
    """Such an id would break our own response."""
    assert trace_id({"x-trace-id": named}) == ""


@pytest.mark.parametrize("body", ["[" * 5000, "[" * 900 + "]" * 900, '{"error":' * 1000 + "1" + "}" * 1000])
def test_an_error_in_a_thousand_brackets_is_still_one(body: str):
    """The nesting is deeper than Python's recursion limit."""
    assert classify(503, body, {}, CALL).kind is FailureKind.SERVER


def test_an_error_event_in_a_thousand_brackets_is_still_one():
    """The event is parsed by ``orjson``."""
    error: dict[str, Any] = {}
    for _ in range(2000):
        error = {"error": error}
    assert classify_in_band(error, CALL).kind is FailureKind.SERVER


def test_half_a_character_in_an_error_does_not_break_ours():
    """A lone surrogate cannot be written as UTF-8."""
    message = classify(400, '{"error":{"message":"a \\ud800 b"}}', {}, CALL).message
    assert message.encode().decode() == message
    assert "a " in message


def test_exhausted_quota_keeps_no_retry_after():
    """Kimi sends a Retry-After with it; respecting it would retry forever."""
    body = '{"error":{"message":"You exceeded your current quota","type":"exceeded_current_quota_error"}}'
    failure = classify(429, body, {"retry-after": "1"}, CALL)
    assert (failure.kind, failure.retries, failure.retry_after) == (FailureKind.BALANCE, 0, None)


def test_an_overload_is_one_under_any_status():
    """Kimi reports overload with 429, 503 and 529."""
    assert {classify(status, OVERLOADED, {}, CALL).kind for status in (429, 503, 529)} == {FailureKind.OVERLOADED}


def test_an_error_inside_a_stream_has_the_status_it_would_have_had():
    """The status follows from the error's type, else from its code, else it is 500."""
    assert classify_in_band({"message": "x", "type": "engine_overloaded_error"}, CALL).status == 429
    assert classify_in_band({"message": "x", "code": 503}, CALL).status == 503
    assert classify_in_band("it broke", CALL).status == 500


def test_ids_and_keys_are_redacted():
    """Organisation, access key, account and key are redacted; ordinary words are kept."""
    said = "org-9f8e7d <ak-abc123> sk-kimi-secret0123456789 user-42 of user-friendly team-7"
    assert redact(said, CALL.key) == "org-*** <ak-***> *** user-*** of user-friendly team-***"
