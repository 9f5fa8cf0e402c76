"""Allows model names in any script in response headers.

Starlette encodes headers as Latin-1, and LiteLLM puts the model name into one: every response of "deepseek-r1-满血版"
became a 500, although it was billed. LiteLLM omits such a header since 1.110.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote


def encoded(original: Callable[..., Mapping[str, str]]) -> Any:
    """Wrap the function for LiteLLM's response headers to percent-encode non-ASCII characters, as in a URL."""

    @functools.wraps(original)
    def headers(*arguments: Any, **options: Any) -> dict[str, str]:
        return {name: _encoded(value) for name, value in original(*arguments, **options).items()}

    return staticmethod(headers)


def _encoded(value: str) -> str:
    if value.isascii():
        return value
    return "".join(each if each.isascii() else quote(each) for each in value)
