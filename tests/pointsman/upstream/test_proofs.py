"""Verification of keys: every status of every provider, from its recorded answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from custom_providers.providers.account.account import Status
from pointsman.simulator import Simulator
from pointsman.simulator.answers import json_answer
from pointsman.simulator.providers.opencode import CONSOLE_KEY
from tests.pointsman.asked import custom, rows, rows_of

KEYED = ("ollama_cloud", "openrouter", "opencode", "opencode_go", "kimi", "moonshot", "gemini", "claude", "openai")


def test_good_keys_are_verified_without_one_token(simulator: Simulator):
    found = rows(simulator.environ())

    assert {name: row.verdict.status for name, row in found.items() if name != "keyless"} == dict.fromkeys(
        ("ollama", *KEYED), Status.VERIFIED
    )
    assert {request.method for request in simulator.received} == {"GET"}


@pytest.mark.parametrize("provider", KEYED)
def test_a_key_that_the_provider_does_not_know_is_rejected(simulator: Simulator, provider: str):
    variables = simulator.environ_of(provider)
    name = next(name for name in variables if name.endswith("KEY"))
    wrong = variables[name][:-1] + ("f" if variables[name][-1] != "f" else "e")

    row = rows({**simulator.environ(), name: wrong})[provider]

    assert row.verdict.status is Status.REJECTED
    assert wrong not in row.verdict.detail


def test_a_provider_without_a_key_is_missing_and_not_asked(simulator: Simulator):
    found = rows({name: value for name, value in simulator.environ().items() if not name.endswith("KEY")})

    assert {found[name].verdict.status for name in (*KEYED, "keyless")} == {Status.MISSING}
    assert {request.provider for request in simulator.received} == {"ollama"}


@pytest.mark.parametrize(
    ("provider", "answer", "status", "words"),
    [
        ("ollama", "signin", Status.REJECTED, "it requires a key"),
        ("ollama", "overloaded", Status.UNREACHABLE, "server busy"),
        ("ollama_cloud", "bad_key", Status.REJECTED, "Unauthorized"),
        ("ollama_cloud", "balance_empty", Status.EXHAUSTED, "until 2026-12-01 00:00 UTC"),
        ("ollama_cloud", "balance_old_plan", Status.VERIFIED, "session: 40% used, weekly: 65% used"),
        ("ollama_cloud", "quota", Status.EXHAUSTED, "usage limit"),
        ("ollama_cloud", "suspended", Status.LIMITED, "the key exists"),
        ("ollama_cloud", "balance_limited", Status.LIMITED, "again in 42 s"),
        ("openrouter", "bad_key", Status.REJECTED, "User not found"),
        ("openrouter", "key_exhausted", Status.EXHAUSTED, "key limit, monthly"),
        ("openrouter", "budget_limit", Status.EXHAUSTED, "spending limit"),
        ("openrouter", "credit_balance", Status.EXHAUSTED, "no credit left"),
        ("openrouter", "in_flight_budget", Status.LIMITED, "too many requests at once"),
        ("openrouter", "quota", Status.EXHAUSTED, "until 2026-11-22 00:00 UTC"),
        ("openrouter", "rate_limit", Status.LIMITED, "rate limit is reached"),
        ("openrouter", "key_management", Status.LIMITED, "management key"),
        ("openrouter", "key_free_tier", Status.VERIFIED, "free tier"),
        ("openrouter", "overloaded_529", Status.UNREACHABLE, "the provider failed"),
        ("opencode", "bad_key_usage", Status.REJECTED, "Unauthorized"),
        ("opencode", "zen_only", Status.VERIFIED, "does not report"),
        ("opencode", "credit_balance", Status.EXHAUSTED, "no credit left"),
        ("opencode", "monthly_limit", Status.EXHAUSTED, "spending limit"),
        ("opencode", "region", Status.LIMITED, "this country"),
        ("opencode", "rate_limit", Status.LIMITED, "again in 60 s"),
        ("opencode", "unknown_model", Status.LIMITED, "the key was not checked"),
        ("opencode_go", "zen_only", Status.LIMITED, "no Go subscription"),
        ("opencode_go", "quota", Status.EXHAUSTED, "again in 19 hours"),
        ("opencode_go", "overloaded", Status.UNREACHABLE, "503"),
        ("kimi", "bad_key", Status.REJECTED, "Kimi Code refused the key"),
        ("kimi", "quota", Status.EXHAUSTED, "5-hour usage limit"),
        ("kimi", "credit", Status.EXHAUSTED, "balance"),
        ("kimi", "no_plan", Status.LIMITED, "no access to Kimi Code"),
        ("kimi", "client_not_listed", Status.LIMITED, "listed coding agents"),
        ("kimi", "concurrency", Status.LIMITED, "too many requests at once"),
        ("kimi", "banned", Status.REJECTED, "terminated"),
        ("kimi", "rate_limit", Status.LIMITED, "rate limit"),
        ("kimi", "overloaded", Status.UNREACHABLE, "overloaded"),
        ("kimi", "not_found", Status.UNREACHABLE, "check base_url"),
        ("moonshot", "bad_key", Status.REJECTED, "the Moonshot platform refused the key"),
        ("moonshot", "suspended", Status.EXHAUSTED, "recharge"),
        ("moonshot", "daily_limit", Status.EXHAUSTED, "tomorrow"),
        ("moonshot", "permission", Status.LIMITED, "does not allow"),
        ("moonshot", "token_rate", Status.LIMITED, "rate limit"),
        ("moonshot", "redirect", Status.UNREACHABLE, "redirects to platform.kimi.ai"),
        ("gemini", "bad_key", Status.REJECTED, "does not know the key"),
        ("gemini", "standard_key", Status.REJECTED, "create one at"),
        ("gemini", "leaked_key", Status.REJECTED, "has blocked the key"),
        ("gemini", "suspended", Status.REJECTED, "has blocked the key"),
        ("gemini", "service_blocked", Status.LIMITED, "restrictions"),
        ("gemini", "country", Status.LIMITED, "this country"),
        ("gemini", "credit_balance", Status.EXHAUSTED, "prepaid credit"),
        ("gemini", "quota", Status.EXHAUSTED, "today's quota"),
        ("gemini", "rate_limit", Status.LIMITED, "the key is good"),
        ("claude", "bad_key", Status.REJECTED, "invalid x-api-key"),
        ("claude", "oauth_token", Status.REJECTED, "not an API key"),
        ("claude", "credit_balance", Status.EXHAUSTED, "no credit left"),
        ("claude", "quota", Status.EXHAUSTED, "2026-12-01 at 00:00 UTC"),
        ("claude", "spend_limit", Status.EXHAUSTED, "first of next month"),
        ("claude", "forbidden", Status.LIMITED, "does not allow"),
        ("claude", "rate_limit", Status.LIMITED, "again in 1 s"),
        ("claude", "overloaded", Status.UNREACHABLE, "Overloaded"),
        ("openai", "bad_key", Status.REJECTED, "Incorrect API key"),
        ("openai", "missing_scope", Status.UNVERIFIED, "the key is genuine"),
        ("openai", "quota", Status.EXHAUSTED, "used up"),
        ("openai", "project_spend_limit", Status.EXHAUSTED, "used up"),
        ("openai", "region", Status.LIMITED, "this country"),
        ("openai", "rate_limit", Status.LIMITED, "again in 1 s"),
    ],
)
def test_what_a_provider_answers_decides(simulator: Simulator, provider: str, answer: str, status: Status, words: str):
    # Twice, because some providers get two requests.
    simulator.script_probe(provider, answer, answer)

    row = rows(simulator.environ())[provider]

    assert (row.verdict.status, words in row.verdict.detail) == (status, True), row.verdict
    assert row.sound == (status in {Status.VERIFIED, Status.UNVERIFIED})


@pytest.mark.parametrize("provider", ["ollama", *KEYED])
@pytest.mark.parametrize(
    "fault", ["cut", "cut_before_headers", "html_502", "html_504", "not_json", "empty_body", "server_error"]
)
def test_what_is_broken_on_the_way_is_never_the_keys_fault(simulator: Simulator, provider: str, fault: str):
    simulator.script_probe(provider, fault, fault)

    assert rows(simulator.environ())[provider].verdict.status is Status.UNREACHABLE


def test_no_detail_repeats_a_key_or_an_account(simulator: Simulator):
    """Google's error for a suspended key and Moonshot's for an empty account contain complete ids."""
    env = simulator.environ()
    for provider, answer in (("gemini", "suspended"), ("moonshot", "suspended"), ("openai", "bad_key")):
        simulator.script_probe(provider, answer, answer)

    said = str({name: row.as_json() for name, row in rows(env).items()})

    assert "suspended" in said
    assert not [name for name, key in env.items() if name.endswith("KEY") and key in said]
    assert "simulated0123456789" not in said


def test_quotas_come_with_the_proof_where_it_tells_them(simulator: Simulator):
    quotas = {name: row.as_json()["quota"] for name, row in rows(simulator.environ()).items()}

    assert quotas["kimi"]["5 hours"] == {
        "used": 0.46,
        "remaining": 54.0,
        "limit": 100.0,
        "unit": "",
        "resets_at": "2026-11-21T09:10:02+00:00",
    }
    assert quotas["moonshot"]["balance"]["remaining"] == 49.58
    assert quotas["openrouter"]["credits"]["remaining"] == 84.75
    assert quotas["ollama_cloud"]["included"]["remaining"] == 72.5
    assert set(quotas["opencode_go"]) == {"5 hours", "7 days", "month"}
    assert [quotas[name] for name in ("ollama", "opencode", "gemini", "claude", "openai")] == [None] * 5


def test_a_spent_window_of_kimi_says_when_it_opens_again(simulator: Simulator):
    window = {"used_ratio": 1, "reset_time": "2026-11-21T09:10:02Z"}
    answer = json_answer({"usages": {"limit_5h": window}, "data": []})
    simulator.script_probe("kimi", answer, answer)

    verdict = rows(simulator.environ())["kimi"].verdict

    assert (verdict.status, verdict.detail) == (
        Status.EXHAUSTED,
        "the plan's 5 hours window is used up until 2026-11-21 09:10 UTC",
    )


def test_a_spent_window_of_opencode_go_says_when_it_opens_again_and_is_none_of_zens(simulator: Simulator):
    answer = json_answer(
        {"usage": {"weekly": {"status": "limited", "percent": 100, "resetsAt": "2026-11-23T00:00:00Z"}}}
    )
    simulator.script_probe("opencode_go", answer)
    simulator.script_probe("opencode", answer)

    found = rows(simulator.environ())

    assert found["opencode_go"].verdict.detail == "Go's 7 days are used up until 2026-11-23 00:00 UTC"
    assert found["opencode_go"].verdict.status is Status.EXHAUSTED
    assert found["opencode"].verdict.status is Status.VERIFIED


def test_an_empty_moonshot_balance_is_exhausted(simulator: Simulator):
    simulator.script_probe("moonshot", json_answer({"code": 0, "data": {"available_balance": 0}}))

    assert rows(simulator.environ())["moonshot"].verdict.status is Status.EXHAUSTED


def test_an_opencode_key_of_the_console_is_asked_about_there(simulator: Simulator):
    found = rows({**simulator.environ(), "OPENCODE_API_KEY": CONSOLE_KEY})

    assert found["opencode"].verdict.status is found["opencode_go"].verdict.status is Status.VERIFIED
    paths = {request.path for request in simulator.received if request.provider.startswith("opencode")}
    assert paths == {"/console/api/v2/config"}


def test_one_of_kimis_two_endpoints_is_enough(simulator: Simulator):
    """Kimi calls /usages experimental; if it disappears, the model list verifies the key."""
    simulator.script_probe("kimi", "not_found")

    assert rows(simulator.environ())["kimi"].verdict.status is Status.VERIFIED


@pytest.mark.parametrize(
    ("variable", "key_of", "provider", "words"),
    [
        ("KIMI_API_KEY", "OPENROUTER_API_KEY", "kimi", "KIMI_API_KEY holds an OpenRouter key"),
        ("KIMI_API_KEY", "MOONSHOT_API_KEY", "kimi", "a key of the Moonshot platform"),
        ("MOONSHOT_API_KEY", "KIMI_API_KEY", "moonshot", "a key of Kimi Code"),
        ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "openai", "OPENAI_API_KEY holds an Anthropic key"),
        ("ANTHROPIC_API_KEY", "GEMINI_API_KEY", "claude", "ANTHROPIC_API_KEY holds a Gemini key"),
        ("OPENROUTER_API_KEY", "OPENAI_API_KEY", "openrouter", "holds an OpenAI key"),
        ("GEMINI_API_KEY", "OLLAMA_CLOUD_KEY", "gemini", "holds an Ollama Cloud key"),
        ("OLLAMA_CLOUD_KEY", "KIMI_API_KEY", "ollama_cloud", "holds a Kimi Code key"),
    ],
)
def test_a_key_of_somebody_else_is_named_and_never_shown_to_a_stranger(
    simulator: Simulator, variable: str, key_of: str, provider: str, words: str
):
    env = simulator.environ()

    verdict = rows({**env, variable: env[key_of]})[provider].verdict

    assert verdict.status is Status.WRONG_SYSTEM
    assert words in verdict.detail
    assert provider not in {request.provider for request in simulator.received}


def test_a_key_that_no_header_can_carry_is_not_sent(simulator: Simulator):
    env = {**simulator.environ(), "OPENAI_API_KEY": "sk-proj-with a gap", "ANTHROPIC_API_KEY": "sk-ant-api03\u2013dash"}

    found = rows(env)

    assert found["openai"].verdict.detail == "not asked: the key contains white space"
    assert "non-ASCII" in found["claude"].verdict.detail


def test_an_open_model_list_proves_no_key(simulator: Simulator, tmp_path: Path):
    """OpenRouter's list needs no key, like that of most self-hosted servers."""
    registry = custom("openai", f"{simulator.url}/openrouter/api/v1")

    row = rows_of(registry, tmp_path, {"HOUSE_KEY": "house-key-of-any-shape"})["house"]

    assert (row.verdict.status, row.sound) == (Status.UNVERIFIED, True)


def test_a_model_list_that_is_closed_without_the_key_proves_it(simulator: Simulator, tmp_path: Path):
    registry = custom("openai", f"{simulator.url}/openai/v1")

    row = rows_of(registry, tmp_path, {"HOUSE_KEY": simulator.environ()["OPENAI_API_KEY"]})["house"]

    assert row.verdict.status is Status.VERIFIED


def test_a_provider_that_needs_no_key_is_asked_whether_it_is_there(simulator: Simulator, tmp_path: Path):
    registry = custom("openai", f"{simulator.url}/openrouter/api/v1", auth="none")

    row = rows_of(registry, tmp_path, {})["house"]

    assert (row.verdict.status, row.source, row.last4) == (Status.VERIFIED, None, None)


SPENT = (
    ("openai", "openai", "gpt-4o-mini", "/v1"),
    ("anthropic", "claude", "claude-haiku-4-5", "/v1"),
    ("gemini", "gemini", "gemini-2.5-flash", "/v1beta"),
    ("ollama", "ollama_cloud", "gpt-oss:120b", ""),
)


@pytest.mark.parametrize(("kind", "provider", "model", "path"), SPENT)
def test_spend_asks_for_one_small_completion_where_nothing_free_proves_the_key(
    simulator: Simulator, tmp_path: Path, kind: str, provider: str, model: str, path: str
):
    """The list is scripted to answer twice, like a public list."""
    listed = json_answer({"data": []})
    simulator.script_probe(provider, listed, listed)
    auth = {"anthropic": "x_api_key", "gemini": "api_key_query"}.get(kind, "bearer")
    registry = custom(kind, f"{simulator.url}/{provider}{path}", auth).replace("some-model", model)
    key = next(value for name, value in simulator.environ_of(provider).items() if name.endswith("KEY"))

    row = rows_of(registry, tmp_path, {"HOUSE_KEY": key}, spend=True)["house"]

    assert (row.verdict.status, row.verdict.detail) == (Status.VERIFIED, "by one minimal completion")
    assert [request.method for request in simulator.received] == ["GET", "GET", "POST"]


def test_spend_tells_a_key_that_is_refused_from_a_model_that_is_not_served(simulator: Simulator, tmp_path: Path):
    listed = json_answer({"data": []})
    registry = custom("openai", f"{simulator.url}/openai/v1")
    statuses = []
    for key, model in (("house-key-of-any-shape", "gpt-4o-mini"), (simulator.environ()["OPENAI_API_KEY"], "unknown")):
        simulator.script_probe("openai", listed, listed)
        env = {"HOUSE_KEY": key}
        statuses.append(
            rows_of(registry.replace("some-model", model), tmp_path, env, spend=True)["house"].verdict.status
        )

    assert statuses == [Status.REJECTED, Status.LIMITED]


def test_spend_spends_nothing_on_keys_that_are_proven(simulator: Simulator):
    rows(simulator.environ(), spend=True)

    assert {request.method for request in simulator.received} == {"GET"}
