"""The page's content as plain data. Pure: computed from the proxy's state and the audit's sums and rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from custom_providers.observability.audit.history import Failed, Filter
from custom_providers.observability.audit.record import FAILED, OUTCOMES, Row
from custom_providers.observability.audit.sums import CallSums
from custom_providers.observability.dashboard.calls import SPANS, Span, Sums
from custom_providers.observability.dashboard.status import ProviderState
from custom_providers.providers.account.quota import Window, left, until, used
from custom_providers.providers.account.readings import AccountReport
from custom_providers.routing.resolver import Route, RouteTable

State = Literal["ready", "cooling down", "not registered", "off"]

_MASTER_KEY_ALIAS = "litellm_proxy_master_key"
"""LiteLLM's alias for the master key."""
_LONGEST_FIELD = 512
"""The most characters of a form field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The user's choices in the page's forms. Empty means no choice."""

    span: Span = "day"
    provider: str = ""
    model: str = ""
    outcome: str = ""
    route: str = ""
    """A model name to test the routing of."""
    no_admin_ui: bool = False
    """Whether the user was redirected from the admin UI, which needs a database."""

    @property
    def filter(self) -> Filter:
        """The filter for the list of calls."""
        return Filter(provider=self.provider or None, model=self.model or None, status=self.outcome or None)


def asked(query: Mapping[str, str]) -> Choices:
    """Read the fields of a query; invalid values are ignored."""
    fields = {name: value.strip()[:_LONGEST_FIELD].replace("\0", "") for name, value in query.items()}
    span, outcome = fields.get("span", ""), fields.get("outcome", "")
    return Choices(
        span=next((known for known in SPANS if known == span), "day"),
        provider=fields.get("provider", ""),
        model=fields.get("model", ""),
        outcome=outcome if outcome in OUTCOMES else "",
        route=fields.get("route", ""),
        no_admin_ui=fields.get("from") == "admin-ui",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderView:
    """A row in the table of providers."""

    name: str
    state: State
    detail: str
    """Why it is not ready; empty if it is."""
    key: str
    """The key's last four characters, or a short description."""
    calls: int
    failed: int
    p50_seconds: float | None
    p95_seconds: float | None
    failure: Failed | None
    quotas: tuple[QuotaView, ...] = ()
    quota_problem: str = ""
    """Why some of the provider's quotas are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaView:
    """One quota, balance or credit."""

    name: str
    used: float | None
    """From 0 to 1, for a bar; None if the provider does not report it."""
    words: str


def provider_views(
    providers: Iterable[ProviderState], sums: Sums | None, quotas: Mapping[str, AccountReport], now: datetime
) -> list[ProviderView]:
    """Each provider with the sums of its calls and its remaining quota; ``sums`` is None without an audit."""
    by_name: dict[str | None, CallSums] = {row.provider: row for row in sums.overview.by_provider} if sums else {}
    failures = sums.failures if sums else {}
    plain = [_provider_view(item, by_name.get(item.name), failures.get(item.name)) for item in providers]
    return [_with_quotas(view, quotas.get(view.name), now) for view in plain]


def _with_quotas(view: ProviderView, reading: AccountReport | None, now: datetime) -> ProviderView:
    if reading is None or view.state in {"off", "not registered"}:
        return view
    shown = tuple(_quota_view(window, now) for window in reading.windows)
    return replace(view, quotas=shown, quota_problem="" if reading.status == "silent" else reading.detail)


def _quota_view(window: Window, now: datetime) -> QuotaView:
    reset = f"resets in {until(window.resets_at, now)}" if window.resets_at else ""
    bounded = None if window.used is None else min(max(window.used, 0.0), 1.0)
    words = ", ".join(filter(None, (used(window), left(window), reset)))
    return QuotaView(name=window.name, used=bounded, words=words)


def _provider_view(item: ProviderState, sums: CallSums | None, failure: Failed | None) -> ProviderView:
    state, detail = _state(item)
    return ProviderView(
        name=item.name, state=state, detail=detail, key=_key(item),
        calls=sums.calls if sums else 0, failed=sums.failed if sums else 0,
        p50_seconds=sums.p50_seconds if sums else None, p95_seconds=sums.p95_seconds if sums else None,
        failure=failure,
    )  # fmt: skip


def _state(item: ProviderState) -> tuple[State, str]:
    if not item.enabled:
        return "off", item.obstacle
    if item.obstacle:
        return "not registered", item.obstacle
    if item.cooling_seconds:
        return "cooling down", f"LiteLLM sends it no calls for {item.cooling_seconds} s, after too many failures"
    return "ready", ""


def _key(item: ProviderState) -> str:
    if not item.key_env:
        return "not needed"
    return f"…{item.key_last4}" if item.key_last4 else "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """One recent call."""

    time: str
    model: str
    """The model name that the client sent."""
    answered_by: str
    """The deployment that answered, or that of the last attempt; without the model if ``model`` ends with it."""
    outcome: str
    bad: bool
    status: int | None
    seconds: float | None
    first_token_seconds: float | None
    tokens: tuple[int | None, int | None]
    """Of the request and of the answer."""
    cost: float | None
    key: str
    path: tuple[str, ...]
    """The deployments tried, in order, if there was more than one, as "openrouter/x (3 times)"."""
    retries: int
    fallbacks: int
    message: str
    """The error message of the last failed attempt."""


def call_view(row: Row) -> CallView:
    """Convert a row of the audit for the list."""
    call: Any = row
    model, upstream = call["model"] or "", call["upstream_model"] or ""
    names = (call["provider"], "" if model.endswith(upstream) else upstream)
    return CallView(
        time=call["time"], model=model, answered_by="/".join(name for name in names if name),
        outcome=call["outcome"], bad=call["outcome"] in FAILED, status=call["status"],
        seconds=call["duration_seconds"], first_token_seconds=call["first_token_seconds"],
        tokens=(call["prompt_tokens"], call["completion_tokens"]), cost=call["cost"], key=_key_name(call["key_alias"]),
        path=tuple(_steps(call["attempts"] or ())), retries=call["retries"] or 0, fallbacks=call["fallbacks"] or 0,
        message=call["error_message"] or "",
    )  # fmt: skip


def _key_name(alias: str | None) -> str:
    return "master key" if alias == _MASTER_KEY_ALIAS else alias or ""


def _steps(attempts: Sequence[str]) -> Iterator[str]:
    for deployment, repeated in groupby(attempts):
        times = sum(1 for _ in repeated)
        yield deployment if times == 1 else f"{deployment} ({times} times)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteView:
    """The result of a routing test."""

    route: Route
    fallbacks: Sequence[str]
    """Deployments that are tried if the route's deployment fails."""
    suggestion: str = ""
    """Names to try instead, if only the default provider takes this one."""


def route_view(table: RouteTable, name: str) -> RouteView | None:
    """The route of a request for ``name``; None if no name was given."""
    if not name:
        return None
    route = table.resolve(name)
    suggestion = table.suggestion(name) if route.rule == "default" and route.status == 200 else ""
    fallbacks = table.fallbacks_of(route) if route.status == 200 else ()
    return RouteView(route=route, fallbacks=fallbacks, suggestion=suggestion)


def first_model(table: RouteTable) -> str:
    """A served name for examples: an alias, or the default provider's model, or any provider's."""
    return next((name for name in _names(table) if table.resolve(name).status == 200), "")


def _names(table: RouteTable) -> Iterator[str]:
    yield from sorted(table.aliases)
    providers = [table.default] if table.default else []
    for provider in (*providers, *table.providers.values()):
        yield f"{provider.name}/{provider.default_model}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums over all calls."""

    calls: int
    failed: int
    tokens: int
    cost: float


def totals(rows: Iterable[CallSums]) -> Totals:
    """The totals of ``rows``, one row per slot."""
    found = list(rows)
    return Totals(
        calls=sum(row.calls for row in found),
        failed=sum(row.failed for row in found),
        tokens=sum(row.prompt_tokens + row.completion_tokens for row in found),
        cost=sum(row.cost for row in found),
    )
