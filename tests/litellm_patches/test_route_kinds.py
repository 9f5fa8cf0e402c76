"""Whether a route is one of LiteLLM's management, found out once."""

from __future__ import annotations

from typing import Any

import pytest
from litellm.proxy.auth.route_checks import RouteChecks

from custom_providers.litellm_patches import route_kinds

ROUTES = {
    "/v1/chat/completions": False,
    "/v1/messages": False,
    "/key/generate": True,
    "/key/some-token/regenerate": True,
    "/nowhere": False,
}


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RouteChecks, "is_management_route", staticmethod(RouteChecks.is_management_route))
    route_kinds.install()


@pytest.mark.parametrize(("route", "management"), ROUTES.items())
def test_a_route_is_what_litellm_says(route: str, management: bool):
    assert [RouteChecks.is_management_route(route), RouteChecks.is_management_route(route=route)] == [management] * 2


def test_a_route_is_compared_with_litellms_patterns_once(monkeypatch: pytest.MonkeyPatch):
    compared: list[str] = []
    original = RouteChecks.check_route_access

    def check(route: str, **options: Any) -> Any:
        compared.append(route)
        return original(route, **options)

    monkeypatch.setattr(RouteChecks, "check_route_access", staticmethod(check))

    for _ in range(3):
        RouteChecks.is_management_route(route="/v1/chat/completions")

    assert compared == ["/v1/chat/completions"]
