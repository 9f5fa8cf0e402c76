"""The page's quotas are requested once a minute, for any number of viewers, with a short timeout."""

from __future__ import annotations

import threading

import httpx
import pytest

from custom_providers.environment.unusable_proxy import UnusableProxyError
from custom_providers.observability.dashboard import quotas
from custom_providers.observability.dashboard.quotas import Quotas
from custom_providers.providers.account.readings import AccountReport
from tests.observability.audit.recorded import Recorded
from tests.patience import eventually

FULL = AccountReport(provider="kimi", status="reported")


def test_many_visits_ask_once():
    asked = []

    def ask() -> list[AccountReport]:
        asked.append(1)
        return [FULL]

    shown = Quotas(ask)
    eventually(shown.latest)

    assert [shown.latest() for _ in range(5)] == [{"kimi": FULL}] * 5
    assert len(asked) == 1


def test_old_readings_are_shown_until_newer_ones_are_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(quotas, "FRESH_SECONDS", 0.0)
    newer = AccountReport(provider="kimi", status="failed", detail="answered 500")
    answers = iter([[FULL], [newer]])
    may_answer = threading.Event()
    may_answer.set()

    def ask() -> list[AccountReport]:
        may_answer.wait()
        return next(answers, [newer])

    shown = Quotas(ask)
    eventually(shown.latest)
    may_answer.clear()

    assert shown.latest() == {"kimi": FULL}
    may_answer.set()
    eventually(lambda: shown.latest() == {"kimi": newer})


def test_a_proxy_setting_that_cannot_be_used_leaves_the_page_without_quotas():
    def ask() -> list[AccountReport]:
        raise UnusableProxyError

    assert Quotas(ask).latest() == {}


def test_before_there_is_a_router_nobody_is_asked():
    assert quotas.ask({}, None) == ()


def test_the_page_has_what_the_command_prints(browser: httpx.Client, watched: Recorded):
    """The data come from the simulated providers; openrouter has no key here."""
    text = eventually(lambda: page if "<meter" in (page := browser.get("/pointsman/").text) else "")

    rows = {row.partition("</th>")[0].rpartition(">")[2]: row for row in text.split("<tr>")}
    assert "<meter" in rows["kimi"]
    assert " left" in rows["moonshot"]
    assert "<meter" not in rows["openrouter"]
    assert "<meter" not in rows["openai"]
