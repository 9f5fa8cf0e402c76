"""Verification of keys at the real URLs: the requests, and the header that has the key."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import respx

from custom_providers.providers.account.account import Status
from pointsman.check.proving import CheckedKey
from pointsman.simulator import Simulator
from pointsman.simulator.providers.opencode import CONSOLE_KEY
from tests.pointsman.asked import rows, rows_of


@pytest.fixture
def network() -> Iterator[respx.MockRouter]:
    """A mocked network; the first matching route answers, so tests add ``_refuse_the_rest`` last."""
    with respx.mock(assert_all_called=False) as router:
        yield router


def _refuse_the_rest(network: respx.MockRouter) -> None:
    network.route().mock(return_value=httpx.Response(401, json={"error": {"message": "who?"}}))


@pytest.fixture
def keys(upstreams: Simulator) -> dict[str, str]:
    """Keys of the right shapes, without base URLs."""
    return {name: value for name, value in upstreams.environ().items() if name.endswith("KEY")}


BEARER, X_API_KEY, GOOGLE = "authorization", "x-api-key", "x-goog-api-key"


@pytest.mark.parametrize(
    ("variable", "header", "urls"),
    [
        ("OLLAMA_CLOUD_KEY", BEARER, {"https://ollama.com/api/balance"}),
        ("OPENROUTER_API_KEY", BEARER, {"https://openrouter.ai/api/v1/key", "https://openrouter.ai/api/v1/credits"}),
        ("OPENCODE_API_KEY", BEARER, {"https://opencode.ai/zen/go/v1/usage"}),
        ("KIMI_API_KEY", BEARER, {"https://api.kimi.com/coding/v1/models", "https://api.kimi.com/coding/v1/usages"}),
        ("MOONSHOT_API_KEY", BEARER, {"https://api.moonshot.ai/v1/users/me/balance"}),
        ("GEMINI_API_KEY", GOOGLE, {"https://generativelanguage.googleapis.com/v1beta/models?pageSize=1"}),
        ("ANTHROPIC_API_KEY", X_API_KEY, {"https://api.anthropic.com/v1/models?limit=1"}),
        ("OPENAI_API_KEY", BEARER, {"https://api.openai.com/v1/models"}),
    ],
)
def test_each_key_goes_to_its_own_endpoint_in_its_own_header_only(
    network: respx.MockRouter, keys: dict[str, str], variable: str, header: str, urls: set[str]
):
    _refuse_the_rest(network)

    rows({variable: keys[variable]})

    requests = [call.request for call in network.calls]
    carrying = [request for request in requests if any(keys[variable] in value for value in request.headers.values())]
    assert {str(request.url) for request in carrying} == urls
    for request in carrying:
        assert [name for name, value in request.headers.items() if keys[variable] in value] == [header]
        assert request.headers["user-agent"].startswith("litellm-pointsman/")
    assert not [request for request in requests if keys[variable] in str(request.url)]


def _with_key(network: respx.MockRouter, key: str) -> respx.Route:
    return network.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer {key}"})


def test_what_is_refused_without_the_key_and_answered_with_it_proves_it(
    network: respx.MockRouter, keys: dict[str, str]
):
    listed = _with_key(network, keys["OPENAI_API_KEY"])
    listed.mock(return_value=httpx.Response(200, json={"data": []}))
    _refuse_the_rest(network)

    assert rows(keys)["openai"].verdict.status is Status.VERIFIED


def test_what_fails_without_the_key_leaves_it_unverified(network: respx.MockRouter, keys: dict[str, str]):
    """It remains unknown whether the list is public."""
    listed = _with_key(network, keys["OPENAI_API_KEY"])
    listed.mock(return_value=httpx.Response(200, json={"data": []}))
    network.get("https://api.openai.com/v1/models").mock(return_value=httpx.Response(503))
    _refuse_the_rest(network)

    assert rows(keys)["openai"].verdict.status is Status.UNVERIFIED


@pytest.mark.parametrize(
    ("total", "used", "status"),
    [(10, 10.02, Status.EXHAUSTED), (10, 10, Status.EXHAUSTED), (0, 0, Status.VERIFIED), (10, 3, Status.VERIFIED)],
)
def test_an_unlimited_openrouter_key_is_as_good_as_the_accounts_credit(
    network: respx.MockRouter, keys: dict[str, str], total: float, used: float, status: Status
):
    """Without bought credit, the free models still answer."""
    facts = {"data": {"limit": None, "limit_remaining": None, "is_free_tier": total == 0}}
    network.get("https://openrouter.ai/api/v1/key").mock(return_value=httpx.Response(200, json=facts))
    credit = {"data": {"total_credits": total, "total_usage": used}}
    network.get("https://openrouter.ai/api/v1/credits").mock(return_value=httpx.Response(200, json=credit))
    _refuse_the_rest(network)

    assert rows(keys)["openrouter"].verdict.status is status


def test_an_openrouter_key_that_may_not_see_the_credit_is_verified_all_the_same(
    network: respx.MockRouter, keys: dict[str, str]
):
    facts = {"data": {"limit": 10, "limit_remaining": 4}}
    network.get("https://openrouter.ai/api/v1/key").mock(return_value=httpx.Response(200, json=facts))
    _refuse_the_rest(network)

    assert rows(keys)["openrouter"].verdict.detail == "key limit: 4 of 10 USD left"


@pytest.mark.parametrize(
    "base_url",
    ["https://opencode.ai/zen/v1", "https://opencode.ai/zen/go/v1", "https://opencode.ai/inference/go/openai/v1"],
)
@pytest.mark.parametrize("path", ["/zen/go/v1/usage", "/console/api/v2/config"])
def test_opencode_is_asked_at_its_root_whatever_the_base_url(
    network: respx.MockRouter, keys: dict[str, str], base_url: str, path: str
):
    key = CONSOLE_KEY if "console" in path else keys["OPENCODE_API_KEY"]
    _refuse_the_rest(network)

    rows({"OPENCODE_API_KEY": key, "OPENCODE_BASE_URL": base_url})

    asked = {str(call.request.url) for call in network.calls if call.request.url.host == "opencode.ai"}
    assert asked == {f"https://opencode.ai{path}"}


KIMI_BY_KEY = """
[[provider]]
name = "kimi"
base_url = "auto"
auth = "bearer"
auth_env = "KIMI_API_KEY"
default_model = "k3"
"""


@pytest.mark.parametrize(
    ("variable", "host"), [("KIMI_API_KEY", "api.kimi.com"), ("MOONSHOT_API_KEY", "api.moonshot.ai")]
)
def test_the_key_decides_where_the_base_url_is_auto(
    network: respx.MockRouter, keys: dict[str, str], tmp_path, variable: str, host: str
):
    _refuse_the_rest(network)

    row = rows_of(KIMI_BY_KEY, tmp_path, {"KIMI_API_KEY": keys[variable]})["kimi"]

    assert {call.request.url.host for call in network.calls} == {host}
    assert row.verdict.status is Status.REJECTED


def test_a_key_that_decides_nothing_is_not_sent(network: respx.MockRouter, tmp_path):
    _refuse_the_rest(network)

    row = rows_of(KIMI_BY_KEY, tmp_path, {"KIMI_API_KEY": "of-neither-kimi-system"})["kimi"]

    assert (row.verdict.status, network.calls.call_count) == (Status.WRONG_SYSTEM, 0)


@pytest.mark.parametrize(
    ("base_url", "hint"),
    [
        ("https://api.moonshot.ai/v1", "works at api.moonshot.cn only"),
        ("https://api.moonshot.cn/v1", "works at api.moonshot.ai only"),
    ],
)
def test_a_refused_platform_key_may_be_of_the_other_country(
    network: respx.MockRouter, keys: dict[str, str], base_url: str, hint: str
):
    _refuse_the_rest(network)

    row: CheckedKey = rows({"MOONSHOT_API_KEY": keys["MOONSHOT_API_KEY"], "MOONSHOT_BASE_URL": base_url})["moonshot"]

    assert hint in row.verdict.detail


def test_the_balance_in_china_is_in_yuan(network: respx.MockRouter, keys: dict[str, str]):
    balance = httpx.Response(200, json={"data": {"available_balance": 3}})
    network.get("https://api.moonshot.cn/v1/users/me/balance").mock(return_value=balance)
    _refuse_the_rest(network)

    found = rows({"MOONSHOT_API_KEY": keys["MOONSHOT_API_KEY"], "MOONSHOT_BASE_URL": "https://api.moonshot.cn/v1"})

    assert found["moonshot"].verdict.detail == "balance: 3 CNY left"


def test_providers_own_headers_are_sent_along(network: respx.MockRouter, keys: dict[str, str]):
    _refuse_the_rest(network)

    rows({"OPENAI_API_KEY": keys["OPENAI_API_KEY"]})

    calls = [call.request for call in network.calls if call.request.url.host == "api.openai.com"]
    assert {request.headers["x-team"] for request in calls} == {"tests"}
