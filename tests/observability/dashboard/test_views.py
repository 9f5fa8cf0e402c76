"""The content of the dashboard for given rows and states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from custom_providers.observability.audit import history
from custom_providers.observability.audit.history import Filter
from custom_providers.observability.audit.record import Row
from custom_providers.observability.audit.storage.database import sqlite
from custom_providers.observability.audit.storage.sqlite import SqliteSink
from custom_providers.observability.audit.sums import overview
from custom_providers.observability.dashboard import charts, clients, formats, time_slots, views
from custom_providers.observability.dashboard.calls import Calls, Store, Sums, UnavailableError
from custom_providers.observability.dashboard.status import ProviderState
from custom_providers.providers.account.quota import Window
from custom_providers.providers.account.readings import AccountReport
from custom_providers.registry.model import Registry
from custom_providers.routing.table import compile_table
from pointsman.connect.clients import CLIENTS
from tests.observability.audit.rows import row

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FELL_BACK = {
    "attempts": ("openrouter/free", "openai/gpt-4o-mini"),
    "first_provider": "openrouter",
    "fallbacks": 1,
    "error_message": "Rate limit exceeded",
}
FAILED = {"provider": "claude", "outcome": "failure", "status": 503, "error_message": "overloaded", "cost": None}


def _sums(path: Path, *rows: Row) -> Sums:
    store = SqliteSink(path)
    store.store(rows)
    store.close()
    with sqlite(path) as database:
        found = overview(database, Filter(), "hour")
        failures = history.last_failures(database, "2026-11-20")
    return Sums(overview=found, failures=failures, until=NOON)


@pytest.fixture
def sums(tmp_path: Path) -> Sums:
    """Two successful calls at OpenAI, one of them after a failure at OpenRouter, and one failed call at Claude."""
    later = "2026-11-21T10:00:00.000Z"
    return _sums(
        tmp_path / "audit.sqlite3", row("a"), row("b", time=later, **FELL_BACK), row("c", time=later, **FAILED)
    )


def _provider(name: str, **different: object) -> ProviderState:
    plain = {"obstacle": "", "enabled": True, "key_env": "X_KEY", "key_last4": "wxyz"}
    return ProviderState(name=name, **{**plain, **different})  # type: ignore[arg-type]


def test_a_call_that_one_provider_failed_and_another_answered_counts_at_both(sums: Sums):
    openrouter, openai, claude = views.provider_views(
        [_provider("openrouter"), _provider("openai"), _provider("claude")], sums, {}, NOON
    )

    assert (openrouter.calls, openrouter.failed, openrouter.p50_seconds) == (1, 1, None)
    assert openrouter.failure is not None
    assert openrouter.failure.message == "Rate limit exceeded"
    assert (openai.calls, openai.failed, openai.p95_seconds, openai.failure) == (2, 0, 1.5, None)
    assert claude.failure is not None
    assert (claude.failed, claude.failure.message, claude.failure.time) == (1, "overloaded", "2026-11-21T10:00:00.000Z")


def test_over_time_a_call_counts_once(sums: Sums):
    totals = views.totals(sums.overview.by_slot)

    assert (totals.calls, totals.failed, totals.cost) == (3, 1, 0.5)


def test_a_retry_at_the_same_provider_is_that_ones_failure(tmp_path: Path):
    retried = row("a", attempts=("openai/m", "openai/m"), error_message="reset", retries=1)

    assert {*_sums(tmp_path / "audit.sqlite3", retried).failures} == {"openai"}


def test_a_day_has_its_hours_also_those_without_calls(sums: Sums):
    found = time_slots.series("day", sums)

    assert (len(found), found[0][0], found[-1][0]) == (25, "2026-11-20T12", "2026-11-21T12")
    assert {name: item.calls for name, item in found if item.calls} == {"2026-11-21T09": 1, "2026-11-21T10": 2}


@pytest.mark.parametrize(
    ("different", "state", "words"),
    [
        ({}, "ready", ""),
        ({"obstacle": "no key: $X_KEY (not set)", "key_last4": ""}, "not registered", "no key: $X_KEY (not set)"),
        ({"obstacle": "enabled = false", "enabled": False}, "off", "enabled = false"),
        ({"cooling_seconds": 42}, "cooling down", "42 s"),
    ],
)
def test_a_state_and_why(different: dict[str, object], state: str, words: str):
    (found,) = views.provider_views([_provider("x", **different)], None, {}, NOON)

    assert found.state == state
    assert words in found.detail


def test_of_a_key_its_end_is_shown():
    shown = [
        views.provider_views([item], None, {}, NOON)[0].key
        for item in (_provider("x"), _provider("x", key_last4=""), _provider("x", key_env="", key_last4=""))
    ]

    assert shown == ["…wxyz", "none", "not needed"]


def test_fields_that_cannot_be_meant_count_as_not_given():
    asked = views.asked({"span": "century", "outcome": "200 OR 1=1", "provider": " openai ", "model": "x" * 9000})

    assert (asked.span, asked.outcome, asked.provider, len(asked.model)) == ("day", "", "openai", 512)
    assert asked.filter.status is None


def test_the_route_tester_says_what_the_router_does(example_registry: Registry):
    table = compile_table(example_registry, frozenset({"openai", "ollama"}))
    served, unserved = views.route_view(table, "openai/gpt-5-mini"), views.route_view(table, "kimi/k3")

    assert served is not None
    assert (served.route.status, served.route.deployment, served.route.rule) == (200, "openai/gpt-5-mini", "prefix")
    assert unserved is not None
    assert (unserved.route.status, list(unserved.fallbacks)) == (404, [])
    assert views.route_view(table, "") is None
    assert table.resolve(views.first_model(table)).status == 200


def test_the_route_tester_suggests_what_the_command_suggests(example_registry: Registry):
    table = compile_table(example_registry, frozenset({"openai", "ollama"}))
    typo, plain = views.route_view(table, "opnai/gpt-5-mini"), views.route_view(table, "qwen3.5:latest")

    assert typo is not None
    assert typo.suggestion == '; did you mean "openai/gpt-5-mini"?'
    assert plain is not None
    assert plain.suggestion == ""


def test_a_call_names_each_deployment_once():
    asked = ("openrouter/a/b",) * 3 + ("openai/m",)
    view = views.call_view(row("a", model="openrouter/a/b", attempts=asked, fallbacks=1, retries=2))
    same = views.call_view(row("b", model="openai/a/b", provider="openai", upstream_model="a/b"))

    assert view.path == ("openrouter/a/b (3 times)", "openai/m")
    assert view.answered_by == "openai/gpt-4o-mini"
    assert same.answered_by == "openai"


@pytest.mark.parametrize(
    ("alias", "shown"), [("litellm_proxy_master_key", "master key"), ("team-a", "team-a"), (None, "")]
)
def test_a_call_names_its_key(alias: str | None, shown: str):
    assert views.call_view(row("a", key_alias=alias)).key == shown


def test_every_client_of_connect_is_on_the_page():
    assert tuple(CLIENTS) == clients.CLIENTS


@pytest.mark.parametrize("chart", charts.CHARTS.values(), ids=charts.CHARTS)
def test_a_chart_is_svg_without_scripts_and_links(chart: charts.Chart, sums: Sums):
    root = ET.fromstring(charts.svg(chart, time_slots.series("day", sums)))

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names & {"script", "a", "image", "foreignObject"} == set()
    assert "text" in names
    drawn = [element.text or "" for element in root.iter() if element.tag.endswith("}text")]
    assert "12" in drawn, "the hour of NOON"
    assert [text for text in drawn if "…" in text] == []


def test_what_is_not_known_is_not_zero():
    assert (formats.seconds(None), formats.money(None), formats.count(None)) == (
        formats.ABSENT,
        formats.ABSENT,
        formats.ABSENT,
    )
    assert (formats.seconds(0.4), formats.seconds(12.34), formats.count(1234)) == ("0.40 s", "12.3 s", "1,234")
    assert [formats.money(value) for value in (0, 0.00042, 1234.5, 1e-9)] == [
        "$0.00",
        "$0.00042",
        "$1,234.50",
        "<$0.000001",
    ]


def test_no_file_means_no_calls_and_a_broken_one_is_a_reason(tmp_path: Path):
    path = tmp_path / "audit.sqlite3"
    calls = Calls(Store(path=path))

    assert calls.recent(Filter()) == []
    assert calls.sums("day").overview.by_provider == ()
    path.write_text("this is not a database, but it is long enough to be taken for one")
    with pytest.raises(UnavailableError, match="file is not a database"):
        calls.recent(Filter())


def test_what_is_left_has_a_bar_and_the_words_of_the_command():
    windows = (
        Window(name="5 hours", used=0.46, remaining=54, limit=100, resets_at=NOON + timedelta(hours=2, minutes=11)),
        Window(name="extra", used=1.2),
        Window(name="balance", remaining=3.5, unit="USD"),
    )
    readings = {"x": AccountReport(provider="x", status="reported", windows=windows, detail="answered 500")}

    (found,) = views.provider_views([_provider("x")], None, readings, NOON)

    assert [(quota.name, quota.used, quota.words) for quota in found.quotas] == [
        ("5 hours", 0.46, "46% used, 54 of 100 left, resets in 2 h 11 min"),
        ("extra", 1.0, "120% used"),
        ("balance", None, "3.50 USD left"),
    ]
    assert found.quota_problem == "answered 500"


@pytest.mark.parametrize(
    ("different", "reading"),
    [
        ({}, AccountReport(provider="x", status="silent", detail="does not report quota or credit")),
        ({"obstacle": "no key"}, AccountReport(provider="x", status="failed", detail="answered 500")),
    ],
)
def test_a_provider_without_figures_has_none(different: dict[str, object], reading: AccountReport):
    (found,) = views.provider_views([_provider("x", **different)], None, {"x": reading}, NOON)

    assert (found.quotas, found.quota_problem) == ((), "")
