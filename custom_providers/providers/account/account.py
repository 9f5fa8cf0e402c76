"""Requests about a key and its account, with their replies and verdicts. Pure data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from custom_providers.providers.account.quota import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where and with what to ask a provider: base URL, key, model."""

    base_url: str
    key: str = field(default="", repr=False)
    """Empty for a provider that needs none."""
    model: str = ""
    """Its default model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request to a provider; the caller adds the key and the headers."""

    url: str
    method: str = "GET"
    json: Any = None
    """The body, if there is one."""
    with_key: bool = True
    read: Callable[[Any], tuple[Window, ...]] | None = None
    """Reads quota and balance from the JSON of a success; None: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The reply; ``status`` is None if there was none, and ``problem`` then says why."""

    status: int | None
    json: Any = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


class Status(StrEnum):
    """The outcome for one key, as ``check --json`` names it."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    WRONG_SYSTEM = "wrong_system"
    EXHAUSTED = "exhausted"
    LIMITED = "limited"
    UNREACHABLE = "unreachable"
    UNVERIFIED = "unverified"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A status, why, and the quota that the provider reported on the way."""

    status: Status
    detail: str
    windows: tuple[Window, ...] = ()

    def quota(self) -> dict[str, Any] | None:
        """The windows by name as plain data, None when there are none."""
        tables = {window.name: window.as_json() for window in self.windows}
        return {name: {key: table[key] for key in table if key != "name"} for name, table in tables.items()} or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The meaning of one error answer of a provider."""

    http: int
    says: str = ""
    """A regular expression that the answer's text contains; empty: any text. Case is ignored."""
    means: Status
    words: str
    final: bool = False
    """Of a 429: repeating the request cannot help. ``EXHAUSTED`` implies it."""

    @property
    def spent(self) -> bool:
        """Whether the router must not repeat a request that is answered so."""
        return self.final or self.means is Status.EXHAUSTED

    def fits(self, reply: Reply) -> bool:
        """Whether ``reply`` is this refusal."""
        return reply.status == self.http and re.search(self.says, reply.text, re.IGNORECASE) is not None


Replies = Mapping[str, Reply]
"""By the names of the asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Free requests that authenticate, and what their replies say about the key."""

    asks: Callable[[Target], Mapping[str, Ask]]
    """By name, sent at the same time."""
    judge: Callable[[Target, Replies], Verdict]
    nothing: Refusal | None = None
    """The answer for a good key of an account without quota."""
