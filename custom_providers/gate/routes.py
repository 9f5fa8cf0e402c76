"""Whether a path is on the list, and what its entry says. Pure."""

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
    # A model's name. No segment of it is empty or begins with a dot, so that it climbs nowhere.
    "model": r"[\w@+:-][\w.@+:-]*(?:/[\w@+:-][\w.@+:-]*)*",
    # Whatever comes behind a prefix of one matter, the admin UI's files among it.
    "rest": r"[^/.\\%\x00-\x20][^/\\%\x00-\x1f]*(?:/[^/.\\%\x00-\x20][^/\\%\x00-\x1f]*)*/?",
    # An id.
    "id": r"[\w@+:-][\w.@+:-]*",
}
_MOST = 1024
"""Paths that are remembered; clients choose parts of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One route that a key which is not the master key may call."""

    methods: frozenset[str]
    path: str
    """As LiteLLM has it, with ``{model}``, ``{id}`` and ``{rest}`` for what clients choose."""
    audience: Audience = "anyone"
    names_models: tuple[str, ...] = ()
    """The places in its body that may name a model; ``tools.model`` is ``model`` in each of ``tools``."""


CURRENT: ContextVar[Listed | None] = ContextVar("pointsman_listed_route", default=None)
"""The entry of the request that the running code serves."""


class RouteList:
    """The list, ready for look-ups."""

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
        """The entry for a request; a HEAD is a GET."""
        method = "GET" if method == "HEAD" else method
        if found := self._exact.get((method, path)):
            return found
        return next(
            (entry for pattern, entry in self._patterns if method in entry.methods and pattern.fullmatch(path)), None
        )


def below_root(scope: Mapping[str, object]) -> str:
    """The path below the root path, if the proxy is mounted at one."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(_PLACEHOLDERS[part] if position % 2 else re.escape(part) for position, part in enumerate(parts)),
        re.ASCII,
    )
