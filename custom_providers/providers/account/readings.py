"""What is left at providers: the readings that ``pointsman usage`` prints and the page shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from custom_providers.providers.account.account import Account, Ask, Reply, Target
from custom_providers.providers.account.questions import Question, ask_all
from custom_providers.providers.account.quota import Window

Status = Literal["reported", "silent", "missing", "failed"]
"""``silent``: the provider reports no such figures; ``missing``: there is no key to ask with."""

_SILENT = "does not report quota or credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReport:
    """What one provider reports."""

    provider: str
    status: Status
    windows: tuple[Window, ...] = ()
    detail: str = ""
    """What it did not report, and why."""

    def as_json(self) -> dict[str, Any]:
        """The reading as plain data."""
        return {
            "provider": self.provider,
            "status": self.status,
            "detail": self.detail,
            "windows": [window.as_json() for window in self.windows],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedProvider:
    """One provider that is asked."""

    provider: str
    """Its name."""
    account: Account
    target: Target
    question: Callable[[Ask], Question]
    """Adds the key and the headers to a request."""
    obstacle: str = ""
    """Why it cannot be asked; empty when it can."""
    keyless: bool = False
    """Whether that is because it has no key."""

    @property
    def asks(self) -> Mapping[str, Ask]:
        """The requests for quota and balance; none when the provider does not report them."""
        return {name: ask for name, ask in self.account.asks(self.target).items() if ask.read}


def readings(providers: Iterable[AskedProvider]) -> tuple[AccountReport, ...]:
    """Asks all of ``providers`` at once; blocks for ``questions.SECONDS`` at most.

    Raises:
        UnusableProxyError: the environment names a proxy that cannot be used.
    """
    all_asked = tuple(providers)
    replies = ask_all(
        {
            (asked.provider, name): asked.question(ask)
            for asked in all_asked
            for name, ask in asked.asks.items()
            if not asked.obstacle
        }
    )
    return tuple(_reading(asked, replies) for asked in all_asked)


def refusal(reply: Reply) -> str:
    """Why ``reply`` is not an answer, in our own words: the provider's may repeat the key. Empty if it is one."""
    if reply.status is None:
        return reply.problem
    if reply.status in {401, 403}:
        return f"the key was refused ({reply.status}); `pointsman check --live` says why"
    if reply.status == 429:
        after = reply.headers.get("retry-after", "")
        return f"too many requests (429){f', again in {after} s' * after.isdigit()}"
    if reply.status != 200:
        return f"answered {reply.status}"
    return "" if isinstance(reply.json, dict) else "answered 200 without JSON"


def _reading(asked: AskedProvider, replies: Mapping[tuple[str, str], Reply]) -> AccountReport:
    name = asked.provider
    if not asked.asks:
        return AccountReport(provider=name, status="silent", detail=_SILENT)
    if asked.obstacle:
        return AccountReport(provider=name, status="missing" if asked.keyless else "failed", detail=asked.obstacle)
    windows: list[Window] = []
    problems: list[str] = []
    nothing = asked.account.nothing
    for label, ask in asked.asks.items():
        reply = replies[name, label]
        if nothing and nothing.fits(reply):
            return AccountReport(provider=name, status="silent", detail=nothing.words)
        if problem := refusal(reply):
            problems.append(problem)
        elif ask.read:
            windows += ask.read(reply.json)
    if not windows and not problems:
        problems = ["answered in an unknown format"]
    status: Status = "reported" if windows else "failed"
    return AccountReport(
        provider=name, status=status, windows=tuple(windows), detail="; ".join(dict.fromkeys(problems))
    )
