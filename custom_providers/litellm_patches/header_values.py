"""Answer headers with names that clients or providers chose, in any script.

Starlette encodes headers as Latin-1. LiteLLM puts the model's name into one: of "deepseek-r1-满血版" every answer was a
500, after it had been paid for.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote


def encoded_in_answers(original: Callable[..., Any]) -> Callable[..., Any]:
    """Starlette's reading of an answer's headers."""

    @functools.wraps(original)
    def init_headers(self: Any, headers: Mapping[str, str] | None = None) -> None:
        original(self, headers and {name: _encoded(value) for name, value in headers.items()})

    return init_headers


def encoded_when_set(original: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a header that is set later."""

    @functools.wraps(original)
    def set_item(self: Any, key: str, value: str) -> None:
        original(self, key, _encoded(value))

    return set_item


def _encoded(value: str) -> str:
    """``value`` with percent-encoding for what is not ASCII, as in a URL."""
    if not isinstance(value, str) or value.isascii():
        return value
    return "".join(each if each.isascii() else quote(each) for each in value)
