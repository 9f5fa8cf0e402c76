"""What a provider's error answer says in any format: message, type, and how long to wait."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import orjson

_STATED_WAIT = re.compile(r"(?:after|in) (\d+(?:\.\d+)?) ?s(?:econds?)?\b", re.IGNORECASE)
_TITLE = re.compile(r"<title>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_LONGEST_QUOTE = 600


def quoted(body: bytes | str) -> tuple[str, str]:
    """An error body's message and type, whatever its shape; for HTML its title, for anything else its text."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        title = _TITLE.search(text)
        return (title[1] if title else _TAG.sub(" ", text).strip())[:_LONGEST_QUOTE], ""
    return said(parsed)


def said(error: object) -> tuple[str, str]:
    """An error object's message and type."""
    try:
        return _fields(error)
    except RecursionError:
        return "an error in too many brackets to quote", ""


def _fields(parsed: object) -> tuple[str, str]:
    if isinstance(parsed, str):
        return parsed[:_LONGEST_QUOTE], ""
    if not isinstance(parsed, Mapping):
        return json.dumps(parsed)[:_LONGEST_QUOTE], ""
    if "error" in parsed:
        return _fields(parsed["error"])
    message = parsed.get("message")
    text = message if isinstance(message, str) else json.dumps(parsed)
    return text[:_LONGEST_QUOTE], str(parsed.get("type") or "")


def codes(body: bytes) -> str:
    """The type and the code in an error body; empty where there is none."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    inner = parsed.get("error") if isinstance(parsed, Mapping) else None
    found = [one.get(name) for one in (parsed, inner) if isinstance(one, Mapping) for name in ("type", "code")]
    return " ".join(str(value) for value in found if value)


def header(headers: Mapping[str, str], wanted: str) -> str:
    """The value of a header, whatever the case of its name; empty where there is none."""
    return next((value.strip() for name, value in headers.items() if name.lower() == wanted), "")


def seconds(retry_after: str) -> float | None:
    """The wait that a Retry-After header states, as a number of seconds or as a date."""
    try:
        return _wait(float(retry_after))
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return _wait((when - when.now(when.tzinfo)).total_seconds())


def stated_wait(text: str) -> float | None:
    """The wait that an error's words state, in seconds."""
    match = _STATED_WAIT.search(text)
    return _wait(float(match[1])) if match else None


def _wait(asked: float) -> float | None:
    """``nan`` and ``inf`` are numbers to Python and no time to wait."""
    return max(asked, 0.0) if math.isfinite(asked) else None
