"""How long a provider's limit lasts, as its error answer says: in a header, in a field of the body, or in words. Pure.

Which headers and fields there are is in each provider's module. A wait that is longer than a retry is worth goes to
the client at once, as Retry-After.
"""

from __future__ import annotations

import functools
import math
import re
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from custom_providers.engine.errors.error_answer import header
from custom_providers.engine.timing import LONGEST_PAUSE
from custom_providers.providers.profile import Profile, Reset

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = r"(\d+(?:\.\d+)?) ?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)(?![a-z])"
_ONE_PART = re.compile(_PART, re.IGNORECASE)
_DURATION = re.compile(rf"(?:{_PART}[ ,]*(?:and )?)+", re.IGNORECASE)
_IN_WORDS = re.compile(rf"\b(?:after|in) (?=({_DURATION.pattern}))", re.IGNORECASE)

_SINCE_1970 = 1e9
"""A number of seconds that is a moment and no duration: 2001 as a date, 31 years as a wait."""
_MILLISECONDS = 1e11


def asked(status: int, headers: Mapping[str, str], body: str) -> float | None:
    """Seconds that an error answer asks to wait, None where it says nothing of it.

    Args:
        status: its HTTP status; rate-limit headers come with every answer, and matter with 429 only.
        headers: its headers.
        body: its text, JSON or not.
    """
    found = in_headers(status, headers)
    return in_body(body) if found is None else found


def in_headers(status: int, headers: Mapping[str, str]) -> float | None:
    """Seconds that the headers of an error answer ask to wait."""
    if (exact := _number(header(headers, "retry-after-ms"))) is not None:
        return _wait(exact / 1000)
    found = retry_after(header(headers, "retry-after"))
    return max(_resets(headers), default=None) if found is None and status == 429 else found


def when_final(status: int, headers: Mapping[str, str]) -> float | None:
    """When a limit ends that no retry outlasts; some providers send a second or two with a spent balance."""
    found = in_headers(status, headers)
    return found if found is not None and found > LONGEST_PAUSE else None


def in_body(body: str) -> float | None:
    """Seconds that a body asks to wait: in a provider's own field, or in words such as "try again in 6m0s"."""
    if match := _fields().search(body):
        return _until(next(filter(None, match.groups())))
    match = _IN_WORDS.search(body)
    return _wait(_seconds(match[1])) if match else None


def retry_after(value: str) -> float | None:
    """The wait that a Retry-After header states, as a number of seconds or as a date."""
    if (number := _number(value)) is not None:
        return _wait(number)
    try:
        return _wait(parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _resets(headers: Mapping[str, str]) -> Iterator[float]:
    """When each limit ends of which nothing is left."""
    for reset in _headers_of_resets():
        left = _number(header(headers, reset.remaining)) if reset.remaining else None
        wait = _until(header(headers, reset.header))
        if wait is not None and not left:
            yield wait


def _until(text: str) -> float | None:
    """A duration ("6m0s", "12"), seconds or milliseconds since 1970, or a date (RFC 3339), as seconds from now.

    None where it is neither, or has passed.
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
    """``nan`` and ``inf`` are numbers to Python, and no time to wait."""
    return max(seconds, 0.0) if math.isfinite(seconds) else None


@functools.cache
def _profiles() -> tuple[Profile, ...]:
    # The profiles know of Kimi's accounts, whose errors are read with this module.
    from custom_providers.providers.known import KNOWN

    return tuple(KNOWN.values())


@functools.cache
def _headers_of_resets() -> tuple[Reset, ...]:
    return tuple(dict.fromkeys(reset for profile in _profiles() for reset in profile.resets))


@functools.cache
def _fields() -> re.Pattern[str]:
    """A field of a body that says when, and its value: in JSON, in JSON inside a string, or as Python prints it."""
    names = dict.fromkeys(name for profile in _profiles() for name in profile.reset_fields)
    return re.compile("|".join(rf"\b{re.escape(name)}\W{{1,8}}([\w.:+-]+)" for name in names) or r"(?!)", re.IGNORECASE)
