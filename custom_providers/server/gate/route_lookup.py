"""Looks up whether a path is on the list of open routes, and its entry. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Audience = Literal["anyone", "dashboard"]
"""``anyone``: LiteLLM's authentication is enough. ``dashboard``: sessions of the admin UI, with LiteLLM's roles."""

_PLACEHOLDERS = {
    # A model name. No segment is empty or begins with a dot, which rules out path traversal.
    "model": r"[\w@+:-][\w.@+:-]*(?:/[\w@+:-][\w.@+:-]*)*",
    # The rest of a path below a listed prefix, such as the admin UI's files.
    "rest": r"[^/.\\%\x00-\x20][^/\\%\x00-\x1f]*(?:/[^/.\\%\x00-\x20][^/\\%\x00-\x1f]*)*/?",
    # An id.
    "id": r"[\w@+:-][\w.@+:-]*",
}
_MOST = 1024
"""Cached look-ups; limited because clients choose parts of the paths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One route that a key which is not the master key may call."""

    methods: frozenset[str]
    path: str
    """As in LiteLLM, with ``{model}``, ``{id}`` and ``{rest}`` for the parts that clients choose."""
    audience: Audience = "anyone"
    names_models: tuple[str, ...] = ()
    """Body fields that may name a model; ``tools.model`` is ``model`` in each of ``tools``."""


CURRENT: ContextVar[Listed | None] = ContextVar("pointsman_listed_route", default=None)
"""The list entry of the request being served."""


class RouteList:
    """The list, indexed for look-ups."""

    def __init__(self, entries: Iterable[Listed]) -> None:
        self._exact: dict[tuple[str, str], Listed] = {}
        self._patterns: list[tuple[re.Pattern[str], Listed]] = []
        for entry in entries:
            if "{" in entry.path:
                self._patterns.append((_pattern(entry.path), entry))
            else:
                self._exact.update({(method, entry.path): entry for method in entry.methods})
        self.find = lru_cache(_MOST)(self._find)

    def _find(self, method: str, path: str) -> Listed | None:
        """Find the entry for a request; a HEAD counts as a GET."""
        method = "GET" if method == "HEAD" else method
        if found := self._exact.get((method, path)):
            return found
        return next(
            (entry for pattern, entry in self._patterns if method in entry.methods and pattern.fullmatch(path)), None
        )


def below_root(scope: Mapping[str, object]) -> str:
    """The path without the root path, if the proxy is mounted below one."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(_PLACEHOLDERS[part] if position % 2 else re.escape(part) for position, part in enumerate(parts)),
        re.ASCII,
    )
