"""How replies to questions about a key become a verdict."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from custom_providers.engine.errors.error_answer import quoted
from custom_providers.keys.redaction import looks_like_key
from custom_providers.kimi.errors.meanings import redact
from custom_providers.providers.account.account import Refusal, Reply, Status, Verdict
from custom_providers.providers.account.quota import Window

_COMMON = (
    Refusal(http=401, means=Status.REJECTED, words="the provider refuses the key: it is wrong, expired or revoked"),
    Refusal(http=402, means=Status.EXHAUSTED, words="the account has no credit left"),
    Refusal(
        http=403, means=Status.LIMITED, words="the provider does not allow this key, account or IP address to do this"
    ),
    Refusal(http=404, means=Status.UNREACHABLE, words="there is nothing at this address: check base_url"),
    Refusal(http=405, means=Status.UNREACHABLE, words="this address does not serve this API: check base_url"),
    Refusal(http=429, means=Status.LIMITED, words="the rate limit is reached"),
)
"""Tried after the provider's own refusals."""

_LONGEST_QUOTE = 200


def refusal(reply: Reply, refusals: Iterable[Refusal], key: str) -> Verdict | None:
    """What ``reply`` means when it is no success; None when it is one."""
    if reply.status is None:
        return Verdict(status=Status.UNREACHABLE, detail=reply.problem)
    if 200 <= reply.status < 300:
        return None
    for known in (*refusals, *_COMMON):
        if known.fits(reply):
            return Verdict(status=known.means, detail=f"{known.words}{_wait(reply)} ({_said(reply, key)})")
    if 300 <= reply.status < 400:
        host = urlsplit(reply.headers.get("location", "")).hostname or "another address"
        detail = f"it redirects to {host}, and keys are not sent along: set base_url to the final address"
        return Verdict(status=Status.UNREACHABLE, detail=detail)
    fault = (
        "the provider failed"
        if reply.status >= 500 or reply.status == 408
        else "the provider did not understand the request"
    )
    return Verdict(status=Status.UNREACHABLE, detail=f"{fault} ({_said(reply, key)})")


def unreadable(reply: Reply, wanted: str) -> Verdict:
    """The verdict on a success that is not the API's: the page of a captive portal, another server's answer."""
    detail = f"the answer is not {wanted} (HTTP {reply.status}): check base_url, and any proxy in between"
    return Verdict(status=Status.UNREACHABLE, detail=detail)


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
