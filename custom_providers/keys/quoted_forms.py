"""The forms in which a provider may quote a key. Pure."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

_CUT_BY = (0, 2, 3)
"""Characters of base64 that depend on what comes before a key, by the number of bytes before it, modulo 3."""


def forms(key: str) -> set[bytes]:
    """``key`` itself, URL-encoded, escaped for JSON and HTML, and in base64.

    Base64 is covered inside a longer text too, as in ``Authorization: Basic``: the characters that also depend on the
    bytes around the key are left out.
    """
    raw = key.encode()
    in_json = json.dumps(key)[1:-1]
    texts = {
        key,
        quote(key),
        quote(key, safe=""),
        _escaped(key, "%{:02x}"),
        in_json,
        in_json.replace("/", "\\/"),
        json.dumps(in_json)[1:-1],
        _escaped(key, "\\u{:04x}"),
        _escaped(key, "\\u{:04X}"),
        html.escape(key),
    }
    return {text.encode() for text in texts} | {form for offset in range(3) for form in _base64(raw, offset)}


def _base64(raw: bytes, offset: int) -> set[bytes]:
    """The characters that encode only ``raw``, after ``offset`` other bytes, in both alphabets."""
    padded = bytes(offset) + raw
    own = slice(_CUT_BY[offset], len(padded) * 8 // 6)
    return {base64.b64encode(padded)[own], base64.urlsafe_b64encode(padded)[own]}


def _escaped(key: str, escape: str) -> str:
    """``key`` with every character escaped that is not a letter, a digit or one of ``-._``."""
    return "".join(each if each.isalnum() or each in "-._" else escape.format(ord(each)) for each in key)
