"""Limits LiteLLM's search for secrets in logs and errors: its pattern takes cubic time in text that clients choose.

5 kB of ``-----BEGIN PRIVATE KEY-----`` as a model name blocked a worker for seconds, an error of some megabytes for
minutes, and all requests waited.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from typing import Any

MOST = 64 * 1024
"""Characters to search; the middle of a longer text is removed."""
_STRETCH = 1024
"""Characters to search at a time; parts end at white space, which secrets do not contain."""

_PEM = re.compile(r"-----(BEGIN|END)", re.IGNORECASE)
_LEFT_OUT = "\n[{count} characters left out]\n"


class Bounded:
    """Applies a pattern to a text part by part, which takes linear time in the text's length."""

    def __init__(self, pattern: Any) -> None:
        self._pattern = pattern

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pattern, name)

    def sub(self, replacement: str, text: str) -> str:
        """Replaces ``sub`` of the pattern, the only method that LiteLLM calls."""
        shortened = _without_keys(_shortened(text), replacement)
        return "".join(self._pattern.sub(replacement, stretch) for stretch in _stretches(shortened))


def in_linear_time(original: Callable[[str], str]) -> Callable[[str], str]:
    """Limit the pattern, and return LiteLLM's function unchanged, because LiteLLM's logging holds a reference to it."""
    module: Any = importlib.import_module(original.__module__)
    module._SECRET_RE = Bounded(module._SECRET_RE)  # noqa: SLF001 -- LiteLLM has no setting
    return original


def _shortened(text: str) -> str:
    if len(text) <= MOST:
        return text
    half = MOST // 2
    return text[:half] + _LEFT_OUT.format(count=len(text) - MOST) + text[-half:]


def _without_keys(text: str, replacement: str) -> str:
    """``text`` without PEM blocks, each removed from its BEGIN line to the next END line."""
    kept, position = [], 0
    for mark in _PEM.finditer(text):
        if mark.start() < position:
            continue
        kept.append(text[position : mark.start()])
        kept.append(replacement)
        ending = text.find("-----END", mark.end())
        line = text.find("-----", ending + len("-----END")) if ending >= 0 else -1
        position = line + len("-----") if line >= 0 else len(text)
        if line < 0:
            break
    return "".join((*kept, text[position:]))


def _stretches(text: str) -> Iterator[str]:
    """Parts that end at a line break, or else at white space, or else at the maximum length."""
    start = 0
    while len(text) - start > _STRETCH:
        end = start + _STRETCH
        cut = max(text.rfind("\n", start + 1, end), start)
        if cut == start:
            cut = max(text.rfind(" ", start + 1, end), start)
        cut = end if cut == start else cut
        yield text[start:cut]
        start = cut
    yield text[start:]
