"""The description of an upstream: its name, key, base path, routes and catalogue of recorded answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from pointsman.simulator.answers import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it arrived."""

    provider: str
    method: str
    path: str
    """The path as the real host would receive it: with the base path, without the simulator's `/<provider>`."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Case-insensitive."""
    body: bytes
    json: Any | None
    """The decoded body, or None if it is empty or not JSON."""
    params: Mapping[str, str] = field(default_factory=dict)
    """The values of the route's `{name}` placeholders in the path."""

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body's JSON object, or an empty one."""
        return self.json if isinstance(self.json, dict) else {}


Responder = Callable[[Received], Answer]
"""Returns the faithful answer to a request that passed every check."""

Check = Callable[[Received], Answer | None]
"""Returns a refusal, or None to accept the request."""


class Lane(Enum):
    """The queue from which a route takes scripted answers."""

    GENERATION = "generation"
    """Completions and embeddings: `Simulator.script`."""
    PROBE = "probe"
    """Verification of keys, model lists, quotas: `Simulator.script_probe`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint. Checks run in order; the first refusal is the answer."""

    method: str
    path: str
    """As in `Received.path`; `{name}` matches any non-empty text."""
    respond: Responder
    checks: tuple[Check, ...] = ()
    lane: Lane = Lane.GENERATION

    def match(self, path: str) -> Mapping[str, str] | None:
        """Returns the values of the path's placeholders, or None if the path does not match."""
        found = _pattern(self.path).fullmatch(path)
        return found.groupdict() if found else None

    def answer(self, request: Received) -> Answer:
        """Returns the first refusal, or the faithful answer."""
        for check in self.checks:
            refusal = check(request)
            if refusal is not None:
                return refusal
        return self.respond(request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """One provider. To add one, write a module with an `Upstream` and add it to `catalogue.py`."""

    name: str
    base_path: str
    """The part of its base URL after `/<name>`, such as `/api/v1`; empty if the base URL has no path."""
    routes: tuple[Route, ...]
    answers: Mapping[str, Answer]
    """Recorded answers by name, for scripts."""
    not_found: Answer
    """The answer to an unknown path or method."""
    key_env: str | None = None
    key: str | None = None
    """The only key that it accepts, in the shape of the provider's real keys."""

    def route(self, method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
        """Returns the route of a request and the values of its placeholders, or None."""
        for route in self.routes:
            params = route.match(path) if route.method == method else None
            if params is not None:
                return route, params
        return None

    def environ(self, url: str) -> dict[str, str]:
        """Returns the variables that direct a client here instead of to the real provider."""
        variables = {f"{self.name.upper()}_BASE_URL": f"{url}/{self.name}{self.base_path}"}
        if self.key_env and self.key:
            variables[self.key_env] = self.key
        return variables


INVENTED = ("unknown*", "*/unknown*", "*does-not-exist*")
"""Globs of ids that no upstream has, to test the refusal of unknown models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Which model ids an upstream knows."""

    listed: tuple[str, ...]
    """The ids in its model list."""
    families: tuple[str, ...] = ("*",)
    """Globs of other ids that it serves."""
    never: tuple[str, ...] = INVENTED
    """Globs of ids that it does not have, even if the families match."""

    def serves(self, model: str) -> bool:
        """Returns whether the upstream has this model."""
        if any(fnmatchcase(model, glob) for glob in self.never):
            return False
        return model in self.listed or any(fnmatchcase(model, glob) for glob in self.families)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(path)))
