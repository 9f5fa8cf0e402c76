"""What is known about one key after its provider was asked, and how an answer that is no success is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from custom_providers.engine.errors.reading import quoted
from custom_providers.keys.redaction import looks_like_key
from custom_providers.kimi.errors.failure import redact
from pointsman.upstream.questions import Reply
from pointsman.upstream.quota import Window


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
    """A status, why, and what the provider told about the quota on the way."""

    status: Status
    detail: str
    windows: tuple[Window, ...] = ()

    def quota(self) -> dict[str, Any] | None:
        """The windows by name as plain data, None when the provider told of none."""
        tables = {window.name: window.as_json() for window in self.windows}
        return {name: {key: table[key] for key in table if key != "name"} for name, table in tables.items()} or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one kind of refusal means."""

    http: int
    says: str = ""
    """A regular expression that the answer's text contains; empty: any text."""
    means: Status
    words: str

    def fits(self, reply: Reply) -> bool:
        """Whether ``reply`` is this refusal."""
        return reply.status == self.http and re.search(self.says, reply.text, re.IGNORECASE) is not None


_COMMON = (
    Rule(http=401, means=Status.REJECTED, words="the provider refuses the key: it is wrong, expired or revoked"),
    Rule(http=402, means=Status.EXHAUSTED, words="the account has no credit left"),
    Rule(http=403, means=Status.LIMITED, words="the provider does not admit this key, account or address here"),
    Rule(http=404, means=Status.UNREACHABLE, words="nothing is at this address: check base_url"),
    Rule(http=405, means=Status.UNREACHABLE, words="something else is at this address: check base_url"),
    Rule(http=429, means=Status.LIMITED, words="asked too often just now"),
)
"""After the provider's own rules."""

_LONGEST_QUOTE = 200


def refusal(reply: Reply, rules: Iterable[Rule], key: str) -> Verdict | None:
    """What ``reply`` means when it is no success; None when it is one."""
    if reply.status is None:
        return Verdict(status=Status.UNREACHABLE, detail=reply.trouble)
    if 200 <= reply.status < 300:
        return None
    for rule in (*rules, *_COMMON):
        if rule.fits(reply):
            return Verdict(status=rule.means, detail=f"{rule.words}{_wait(reply)} ({_said(reply, key)})")
    if 300 <= reply.status < 400:
        host = urlsplit(reply.headers.get("location", "")).hostname or "another address"
        detail = f"it sends on to {host}; a key follows no redirect: put the final address into base_url"
        return Verdict(status=Status.UNREACHABLE, detail=detail)
    fault = (
        "the provider fails"
        if reply.status >= 500 or reply.status == 408
        else "the provider did not understand the question"
    )
    return Verdict(status=Status.UNREACHABLE, detail=f"{fault} ({_said(reply, key)})")


def unreadable(reply: Reply, wanted: str) -> Verdict:
    """The verdict on a success that is none: a portal's page, another server's answer."""
    detail = f"what answers is not {wanted} (HTTP {reply.status}): check base_url, and what stands in between"
    return Verdict(status=Status.UNREACHABLE, detail=detail)


def member(reply: Reply, name: str) -> Any:
    """A member of the answer's JSON object; None when it is no object or has no such member."""
    return reply.json.get(name) if isinstance(reply.json, Mapping) else None


def _wait(reply: Reply) -> str:
    """How long the provider asks to wait, as a clause; empty when it does not say."""
    resets = reply.headers.get("x-ratelimit-reset", "")
    if re.fullmatch(r"\d{13}", resets):  # OpenRouter's, in milliseconds since 1970
        return f" until {datetime.fromtimestamp(int(resets) / 1000, tz=UTC):%Y-%m-%d %H:%M} UTC"
    after = reply.headers.get("retry-after", "")
    if not re.fullmatch(r"\d{1,9}", after):
        return ""
    seconds = int(after)
    return f"; again in {seconds} s" if seconds < 7200 else f"; again in {seconds / 3600:.0f} hours"


def _said(reply: Reply, key: str) -> str:
    """The status and the provider's own words, without anything secret: some repeat the key."""
    # Before anything is cut off: what is left of a key that was cut would not be found.
    text, _ = quoted(redact(reply.text if reply.json is None else json.dumps(reply.json), key))
    words = " ".join(text.split())[:_LONGEST_QUOTE]
    words = "".join(character for character in words if character.isprintable())
    if not words or looks_like_key(words):
        return f"HTTP {reply.status}"
    return f'HTTP {reply.status}: "{words}"'


def spent_window(windows: Iterable[Window]) -> Window | None:
    """The window that is used up and opens again last, None when there is something left in each."""
    spent = [window for window in windows if window.used is not None and window.used >= 1]
    never = datetime.max.replace(tzinfo=UTC)
    return max(spent, key=lambda window: window.resets_at or never, default=None)


def until(window: Window) -> str:
    """When ``window`` opens again, as a clause; empty when the provider does not say."""
    return f" until {window.resets_at:%Y-%m-%d %H:%M} UTC" if window.resets_at else ""


def left(windows: Iterable[Window]) -> str:
    """How much is left, in a few words."""
    return ", ".join(words for words in map(_left, windows) if words)


def _left(window: Window) -> str:
    if window.unit in {"USD", "CNY"} and window.remaining is not None:
        of = f" of {window.limit:g}" if window.limit is not None else ""
        return f"{window.name}: {window.remaining:g}{of} {window.unit} left"
    return f"{window.name}: {window.used:.0%} used" if window.used is not None else ""
