"""Headers of answers that name a model, in whatever script it is written.

Starlette encodes headers as Latin-1, and LiteLLM puts the model's name into one: every answer of "deepseek-r1-满血版"
was a 500, after it had been paid for. Since 1.110, LiteLLM leaves such a header out.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote


def encoded(original: Callable[..., Mapping[str, str]]) -> Any:
    """LiteLLM's own headers of an answer, with percent-encoding for what is not ASCII, as in a URL."""

    @functools.wraps(original)
    def headers(*arguments: Any, **options: Any) -> dict[str, str]:
        return {name: _encoded(value) for name, value in original(*arguments, **options).items()}

    return staticmethod(headers)


def _encoded(value: str) -> str:
    if value.isascii():
        return value
    return "".join(each if each.isascii() else quote(each) for each in value)
