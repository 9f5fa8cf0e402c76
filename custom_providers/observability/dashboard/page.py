"""Renders the page's HTML from views and templates. Every value is escaped: clients choose the model names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from custom_providers.observability.audit.record import OUTCOMES
from custom_providers.observability.dashboard import views
from custom_providers.observability.dashboard.calls import Calls, Sums, UnavailableError
from custom_providers.observability.dashboard.charts import CHARTS
from custom_providers.observability.dashboard.clients import CLIENTS, ConnectionDetails
from custom_providers.observability.dashboard.formats import FILTERS
from custom_providers.observability.dashboard.status import ProviderState
from custom_providers.observability.dashboard.time_slots import series
from custom_providers.observability.dashboard.views import Choices
from custom_providers.providers.account.readings import AccountReport
from custom_providers.routing.resolver import RouteTable

_SPAN_NAMES = {"day": "24 hours", "month": "30 days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request for the page."""

    asked: Choices
    connection: ConnectionDetails
    logged_in: bool
    """Whether the user has a session cookie, and so can log out."""
    database: bool
    """Whether LiteLLM has a database, and so the admin UI."""


def page(
    visit: Visit,
    table: RouteTable,
    providers: list[ProviderState],
    calls: Calls | None,
    quotas: Mapping[str, AccountReport],
) -> str:
    """The whole page; ``calls`` is None when the audit is off. Blocks while it reads the calls."""
    asked, problem = visit.asked, ""
    sums: Sums | None = None
    recent: list[views.CallView] = []
    if calls is not None:
        try:
            sums = calls.sums(asked.span)
            recent = [views.call_view(row) for row in calls.recent(asked.filter)]
        except UnavailableError as error:
            problem = str(error)
    slots = series(asked.span, sums) if sums else ()
    return _rendered(
        "page.html",
        visit=visit,
        asked=asked,
        providers=views.provider_views(providers, sums, quotas, datetime.now(UTC)),
        totals=views.totals(row for _, row in slots),
        slots=[(name, row) for name, row in slots if row.calls],
        models=sums.overview.by_model if sums else (),
        recent=recent,
        audit=calls is not None,
        problem=problem,
        route=views.route_view(table, asked.route),
        charts=CHARTS,
        outcomes=OUTCOMES,
        spans=_SPAN_NAMES,
        clients=CLIENTS,
    )


def login(*, problem: str, no_admin_ui: bool) -> str:
    """The form for the master key; ``problem`` says why the last login failed."""
    return _rendered("login.html", problem=problem, no_admin_ui=no_admin_ui)


def prepare() -> None:
    """Compiles the page's templates, so that the first visitor does not wait for it."""
    _templates().get_template("page.html")


def style() -> str:
    """The style sheet."""
    return _rendered("page.css")


def _rendered(name: str, **values: Any) -> str:
    return _templates().get_template(name).render(values)


@lru_cache(1)
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("custom_providers.observability.dashboard"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    return made
