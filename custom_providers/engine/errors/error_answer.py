"""Reads the message and the type from a provider's error response in any format."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import orjson

from custom_providers.json_parts import mapping, parsed_object

_TITLE = re.compile(r"<title>([^<]*)</title>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LONGEST_QUOTE = 600


def quoted(body: bytes | str) -> tuple[str, str]:
    """An error body's message and type, from any JSON format; for HTML the title, otherwise the text."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        title = _TITLE.search(text)
        return (title[1] if title else _TAG.sub(" ", text)).strip()[:_LONGEST_QUOTE], ""
    return said(parsed)


def said(error: object) -> tuple[str, str]:
    """An error object's message and type."""
    try:
        return _fields(error)
    except RecursionError:
        return "an error that is nested too deeply to quote", ""


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
    """The type and the code in an error body; empty if there are none."""
    parsed = parsed_object(body) or {}
    found = [one.get(name) for one in (parsed, mapping(parsed.get("error"))) for name in ("type", "code")]
    return " ".join(str(value) for value in found if value)


def header(headers: Mapping[str, str], wanted: str) -> str:
    """The value of a header, ignoring the case of its name; empty if it is missing."""
    return next((value.strip() for name, value in headers.items() if name.lower() == wanted), "")
