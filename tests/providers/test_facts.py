"""Facts in the providers' modules that, if wrong, would cost money or make calls fail."""

from __future__ import annotations

import re
import tomllib

import pytest

from custom_providers import OWN_USER_AGENT
from custom_providers.kimi.account.catalogue import find, model_info
from custom_providers.kimi.account.identity import decide
from custom_providers.kimi.account.systems import KIMI_CODE, PLATFORM
from custom_providers.providers import kimi
from custom_providers.providers.account.account import Reply, Status, Target
from custom_providers.providers.account.kimi_account import KIMI_ACCOUNT
from custom_providers.providers.account.quota import Window
from custom_providers.providers.known import KNOWN
from custom_providers.providers.profile import Profile
from custom_providers.registry.loading import parse
from custom_providers.routing.table import compile_table
from pointsman.simulator import Simulator
from tests.running import REPOSITORY

PROFILES = pytest.mark.parametrize("profile", KNOWN.values(), ids=KNOWN)


@PROFILES
def test_a_profile_is_named_as_its_module_and_says_where_its_facts_are_from(profile: Profile):
    module = REPOSITORY / "custom_providers" / "providers" / f"{profile.name}.py"

    assert f'name="{profile.name}"' in module.read_text()
    assert re.search(r"https://\S+, 2026-\d\d-\d\d$", profile.source)


@PROFILES
def test_init_never_starts_with_a_model_that_ends(profile: Profile):
    assert profile.setup is not None
    assert profile.shutdown(profile.setup.default_model) is None
    assert [one.instead for one in profile.shutdowns if profile.shutdown(one.instead)] == []


@PROFILES
def test_the_simulated_key_has_the_providers_shape(profile: Profile, simulator: Simulator):
    variables = simulator.environ_of(profile.name)
    key = next((value for name, value in variables.items() if name.endswith("KEY")), None)

    assert (key is None) is (profile.keys == ())
    if key:
        assert any(re.fullmatch(shape.whole, key) for shape in profile.keys if shape.whole)


def test_the_default_models_are_those_of_the_registry():
    rows = tomllib.loads((REPOSITORY / "providers.toml").read_text())["provider"]

    assert {row["name"]: row["default_model"] for row in rows} == {
        name: profile.setup.default_model for name, profile in KNOWN.items() if profile.setup
    }


@pytest.mark.parametrize(
    ("name", "provider", "status"),
    [
        ("gpt-daybreak-mini", "openai", 200),
        ("chat-latest", "openai", 200),
        ("gpt-oss-120b", "ollama", 200),
        ("opencode_go/qwen4-max", "opencode_go", 200),
        ("opencode_go/jev-2", "opencode_go", 404),
        ("opencode/jev-2-mini", "opencode", 404),
    ],
)
def test_names_of_november(name: str, provider: str, status: int):
    data = (REPOSITORY / "providers.toml").read_bytes()
    table = compile_table(parse(data, "providers.toml"), frozenset(KNOWN))

    route = table.resolve(name)

    assert (route.provider, route.status) == (provider, status)
    assert ("by another API only" in route.message) is (status == 404)


def test_go_serves_qwen4_max_by_the_anthropic_api():
    assert dict(KNOWN["opencode_go"].apis)["qwen4-max"] == "anthropic"


def test_kimis_limits_and_prices_of_november():
    k3, fast = find("k3", KIMI_CODE), find("kimi-k3.1-pro-highspeed", PLATFORM)
    assert k3 is not None
    assert fast is not None

    assert (k3.output, k3.context) == (1_048_576, 1_048_576)
    told = model_info(fast)
    assert told["cache_read_input_token_cost"] == 2e-07
    assert told["cache_creation_input_token_cost"] == 4e-06
    assert told["cache_creation_input_token_cost_above_1hr"] == 8e-06


@pytest.mark.parametrize("caller", ["Anthropic/Python 0.70", "anthropic-sdk", "  ANTHROPIC/JS"])
def test_a_user_agent_that_kimi_answers_with_overloaded_is_never_forwarded(
    caller: str, monkeypatch: pytest.MonkeyPatch
):
    """Not even if such a name becomes that of a known coding agent."""
    product = caller.strip().partition("/")[0].lower()
    monkeypatch.setattr("custom_providers.kimi.account.identity.UNLISTED_AGENTS", frozenset({product}))

    identity = decide(user_agent="caller", protocol=None, system=KIMI_CODE, caller=caller)

    assert (identity.user_agent, identity.mode) == (OWN_USER_AGENT, "honest")


WALLET = {
    "balance": {"type": "BOOSTER", "amount": "20000000000", "amountLeft": "1250000000"},
    "monthlyChargeLimitEnabled": True,
    "monthlyChargeLimit": {"currency": "USD", "priceInCents": "20000"},
    "monthlyUsed": {"currency": "USD", "priceInCents": "5000"},
}


def test_kimis_extra_usage_is_read_in_dollars():
    assert kimi.quota({"boosterWallet": WALLET}) == (
        Window(name="extra usage", remaining=12.5, unit="USD"),
        Window(name="extra usage, month", used=0.25, remaining=150, limit=200, unit="USD"),
    )


def test_without_a_monthly_limit_only_its_balance_is_shown():
    (window,) = kimi.quota({"boosterWallet": {**WALLET, "monthlyChargeLimitEnabled": False}})

    assert (window.name, window.remaining) == ("extra usage", 12.5)


@pytest.mark.parametrize(("left", "status"), [("0", Status.EXHAUSTED), ("1250000000", Status.VERIFIED)])
def test_extra_usage_pays_when_the_plans_window_is_used_up(left: str, status: Status):
    usages = {
        "usages": {"limit_5h": {"used_ratio": 1, "reset_time": "2026-11-27T20:00:00Z"}},
        "boosterWallet": {"balance": {"amountLeft": left}},
    }
    target = Target(base_url="https://api.kimi.com/coding/v1", key="sk-kimi-" + "k" * 24)

    replies = {"models": Reply(status=200, json={"data": []}), "usages": Reply(status=200, json=usages)}

    assert KIMI_ACCOUNT.judge(target, replies).status is status
