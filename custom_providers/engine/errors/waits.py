"""Reads how long to wait from an error response: from a header, a body field, or the text. Pure.

Each provider's module names its headers and fields. If the wait is too long for a retry, the client gets the error
immediately, with Retry-After.
"""

from __future__ import annotations

import functools
import math
import re
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from custom_providers.engine.connection.timing import LONGEST_PAUSE
from custom_providers.engine.errors.error_answer import header
from custom_providers.providers.known import KNOWN
from custom_providers.providers.profile import Reset

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = r"(\d+(?:\.\d+)?) ?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)(?![a-z])"
_ONE_PART = re.compile(_PART, re.IGNORECASE)
_DURATION = re.compile(rf"(?:{_PART}[ ,]*(?:and )?)+", re.IGNORECASE)
_IN_WORDS = re.compile(rf"\b(?:after|in) (?=({_DURATION.pattern}))", re.IGNORECASE)

_SINCE_1970 = 1e9
"""From this value on, seconds are a timestamp and not a duration: it is 2001 as a date, but 31 years as a wait."""
_MILLISECONDS = 1e11


def asked(status: int, headers: Mapping[str, str], body: str) -> float | None:
    """Seconds that an error response asks to wait; None if it does not say.

    Args:
        status: the HTTP status; rate-limit headers are on every response, but only count for a 429.
        headers: the response headers.
        body: the response text, JSON or not.
    """
    found = in_headers(status, headers)
    return in_body(body) if found is None else found


def in_headers(status: int, headers: Mapping[str, str]) -> float | None:
    """Seconds that the headers of an error response ask to wait."""
    if (exact := _number(header(headers, "retry-after-ms"))) is not None:
        return _wait(exact / 1000)
    found = retry_after(header(headers, "retry-after"))
    return max(_resets(headers), default=None) if found is None and status == 429 else found


def when_final(status: int, headers: Mapping[str, str]) -> float | None:
    """Seconds until a limit ends that outlasts any retry; None for the short wait that some providers send anyway."""
    found = in_headers(status, headers)
    return found if found is not None and found > LONGEST_PAUSE else None


def in_body(body: str) -> float | None:
    """Seconds that a body asks to wait: from a provider-specific field, or from text such as "try again in 6m0s"."""
    if match := _fields().search(body):
        return _until(next(filter(None, match.groups())))
    match = _IN_WORDS.search(body)
    return _wait(_seconds(match[1])) if match else None


def retry_after(value: str) -> float | None:
    """Seconds to wait from a Retry-After header with a number of seconds or a date."""
    if (number := _number(value)) is not None:
        return _wait(number)
    try:
        return _wait(parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _resets(headers: Mapping[str, str]) -> Iterator[float]:
    """Seconds until the reset of each exhausted limit."""
    for reset in _headers_of_resets():
        left = _number(header(headers, reset.remaining)) if reset.remaining else None
        wait = _until(header(headers, reset.header))
        if wait is not None and not left:
            yield wait


def _until(text: str) -> float | None:
    """Convert a duration ("6m0s", "12"), a Unix time in s or ms, or an RFC 3339 date to seconds from now.

    None if the text is none of these, or the time has passed.
    """
    if _DURATION.fullmatch(text):
        return _seconds(text)
    if (number := _number(text)) is not None and not number >= _SINCE_1970:
        return _wait(number)
    try:
        moment = datetime.fromisoformat(text).timestamp() if number is None else number
    except ValueError:
        return None
    left = (moment / 1000 if moment >= _MILLISECONDS else moment) - time.time()
    return left if 0 < left < math.inf else None


def _seconds(duration: str) -> float:
    units = ((float(amount), unit.lower()) for amount, unit in _ONE_PART.findall(duration))
    return sum(amount * _UNITS["ms" if unit.startswith(("ms", "mil")) else unit[0]] for amount, unit in units)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _wait(seconds: float) -> float | None:
    """The seconds, at least 0; None for ``nan`` and ``inf``."""
    return max(seconds, 0.0) if math.isfinite(seconds) else None


@functools.cache
def _headers_of_resets() -> tuple[Reset, ...]:
    return tuple(dict.fromkeys(reset for profile in KNOWN.values() for reset in profile.resets))


@functools.cache
def _fields() -> re.Pattern[str]:
    """A pattern for reset fields and their values in a body: in JSON, in JSON inside a string, or in a Python repr."""
    names = dict.fromkeys(name for profile in KNOWN.values() for name in profile.reset_fields)
    return re.compile("|".join(rf"\b{re.escape(name)}\W{{1,8}}([\w.:+-]+)" for name in names) or r"(?!)", re.IGNORECASE)
