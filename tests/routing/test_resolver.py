"""The resolver: which rule matches a name, in which order, and what is refused."""

from __future__ import annotations

import pytest

from custom_providers.environment import admission
from custom_providers.registry.model import Registry
from custom_providers.routing.resolver import MAX_NAME, ProviderRoute, RouteTable, _matches
from custom_providers.routing.table import compile_table, from_settings, provider_routes, to_settings


@pytest.fixture(scope="module")
def table(example_registry: Registry) -> RouteTable:
    everyone = {provider.name for provider in example_registry.providers}
    return compile_table(example_registry, frozenset(everyone - {"keyless", "retired"}))


GOES_TO = [
    # model, provider field, deployment, rule
    ("qwen3.5:latest", None, "ollama/qwen3.5:latest", "default"),
    ("unknown/x", None, "ollama/unknown/x", "default"),
    ("hf.co/vendor/model-GGUF:Q4_K_M", None, "ollama/hf.co/vendor/model-GGUF:Q4_K_M", "default"),
    ("ollama/qwen3.5:latest", None, "ollama/qwen3.5:latest", "prefix"),
    ("ollama_cloud/gpt-oss:120b", None, "ollama_cloud/gpt-oss:120b", "prefix"),
    ("cloud/gpt-oss:120b", None, "ollama_cloud/gpt-oss:120b", "prefix"),
    ("openrouter/openai/gpt-oss-120b:free", None, "openrouter/openai/gpt-oss-120b:free", "prefix"),
    ("openrouter/openrouter/auto", None, "openrouter/openrouter/auto", "prefix"),
    ("kimi/kimi-for-coding", None, "kimi/kimi-for-coding", "prefix"),
    # a prefix comes before a suffix, and strips only its own provider's suffix
    ("cloud/gpt-oss:120b-cloud", None, "ollama_cloud/gpt-oss:120b", "prefix"),
    ("cloud/kimi-k2.6:cloud", None, "ollama_cloud/kimi-k2.6", "prefix"),
    ("kimi/k3:cloud", None, "kimi/k3:cloud", "prefix"),
    # a suffix counts only at the end, and "-cloud" only inside a tag
    ("kimi-k2.6:cloud", None, "ollama_cloud/kimi-k2.6", "suffix"),
    ("gpt-oss:120b-cloud", None, "ollama_cloud/gpt-oss:120b", "suffix"),
    ("vendor/model:cloud", None, "ollama_cloud/vendor/model", "suffix"),
    ("qwen3:cloudy", None, "ollama/qwen3:cloudy", "default"),
    ("my-cloud", None, "ollama/my-cloud", "default"),
    ("a:b/c-cloud", None, "ollama/a:b/c-cloud", "default"),
    ("gpt-oss:-cloud", None, "ollama/gpt-oss:-cloud", "default"),
    # bare globs: the longest literal start wins, names with a slash are not bare
    ("kimi-for-coding", None, "kimi/kimi-for-coding", "bare"),
    ("kimi-for-coding-highspeed", None, "kimi/kimi-for-coding-highspeed", "bare"),
    ("kimi-k3", None, "moonshot/kimi-k3", "bare"),
    ("moonshot-v1-8k", None, "moonshot/moonshot-v1-8k", "bare"),
    ("claude-haiku-4-5", None, "claude/claude-haiku-4-5", "bare"),
    ("gemini-2.5-flash", None, "gemini/gemini-2.5-flash", "bare"),
    ("gpt-4o-mini", None, "openai/gpt-4o-mini", "bare"),
    ("gpt-oss:20b", None, "ollama/gpt-oss:20b", "default"),
    ("vendor/kimi-k3", None, "ollama/vendor/kimi-k3", "default"),
    # aliases are exact and come before every other rule but the provider field
    ("fast", None, "openai/gpt-4o-mini", "alias"),
    ("nested", None, "openai/gpt-4o-mini", "alias"),
    ("thinker", None, "kimi/kimi-for-coding", "alias"),
    ("fast:cloud", None, "ollama_cloud/fast", "suffix"),
    # the provider field: only its own prefix and suffix are stripped
    ("k3", "kimi", "kimi/k3", "provider"),
    ("kimi/k3", "kimi", "kimi/k3", "provider"),
    ("cloud/gpt-oss:120b-cloud", "ollama_cloud", "ollama_cloud/gpt-oss:120b", "provider"),
    ("openai/gpt-oss-120b:free", "openrouter", "openrouter/openai/gpt-oss-120b:free", "provider"),
    ("fast", "ollama", "ollama/fast", "provider"),
    (None, "kimi", "kimi/kimi-for-coding", "provider"),
    # a provider that is not a string is OpenRouter's own parameter
    ("fast", {"order": ["groq"]}, "openai/gpt-4o-mini", "alias"),
    ("fast", 3, "openai/gpt-4o-mini", "alias"),
]


@pytest.mark.parametrize(("model", "provider", "deployment", "rule"), GOES_TO)
def test_a_name_goes_where_the_first_rule_that_takes_it_says(table, model, provider, deployment, rule):
    route = table.resolve(model, provider)

    assert (route.deployment, route.rule, route.status, route.message) == (deployment, rule, 200, "")
    assert f"{route.provider}/{route.upstream_model}" == deployment
    assert route.model == model


REFUSED = [
    # model, provider field, status, rule, provider
    (None, None, 400, "invalid", None),
    ("", None, 400, "invalid", None),
    ("  ", None, 400, "invalid", None),
    (7, None, 400, "invalid", None),
    (["a"], None, 400, "invalid", None),
    (7, "kimi", 400, "invalid", None),
    ("", "kimi", 400, "invalid", None),
    ("kimi/", None, 400, "invalid", None),
    (":cloud", None, 400, "invalid", None),
    ("cloud/:cloud", None, 400, "invalid", None),
    ("kimi/", "kimi", 400, "invalid", None),
    ("a,b", None, 400, "invalid", None),
    ("kimi/*", None, 400, "invalid", None),
    ("../etc/passwd", None, 400, "invalid", None),
    ("gemini/a/../b", None, 400, "invalid", None),
    ("gemini/a/.", None, 400, "invalid", None),
    ("a\r\nX-Evil: 1", None, 400, "invalid", None),
    ("a\x00b", None, 400, "invalid", None),
    ("x" * (MAX_NAME + 1), None, 400, "invalid", None),
    ("k3", "nobody", 404, "provider", "nobody"),
    ("k3", "", 404, "provider", ""),
    ("k3", "KIMI", 404, "provider", "KIMI"),
    ("keyless/m", None, 404, "prefix", "keyless"),
    ("m:keyless", None, 404, "suffix", "keyless"),
    ("keyless-m", None, 404, "bare", "keyless"),
    (None, "keyless", 404, "provider", "keyless"),
    ("retired/m", None, 404, "prefix", "retired"),
    ("claude/gpt-4o", None, 404, "prefix", "claude"),
    ("gpt-4o", "claude", 404, "provider", "claude"),
]


@pytest.mark.parametrize(("model", "provider", "status", "rule", "owner"), REFUSED)
def test_what_nobody_can_serve_is_refused_and_falls_to_nobody_else(table, model, provider, status, rule, owner):
    route = table.resolve(model, provider)

    assert (route.status, route.rule, route.provider) == (status, rule, owner)
    assert route.message


def test_a_refusal_names_the_variable_to_set(table):
    message = 'provider "keyless" is not registered: set KEYLESS_API_KEY, then reload or restart the proxy'
    assert table.resolve("keyless/m").message == message


def test_a_canonical_name_resolves_to_itself(table):
    for model, provider, deployment, _ in GOES_TO:
        assert table.resolve(deployment).deployment == deployment, (model, provider)


def test_the_longest_of_two_prefixes_wins():
    providers = (
        ProviderRoute(name="a", default_model="m", prefixes=("x/",)),
        ProviderRoute(name="b", default_model="m", prefixes=("x/y/",)),
    )
    table = RouteTable(providers=providers, aliases={}, default_provider="a", registered=frozenset("ab"))

    assert table.resolve("x/y/z").deployment == "b/z"
    assert table.resolve("x/z").deployment == "a/z"


def test_of_two_globs_with_one_literal_start_the_longer_wins():
    providers = (
        ProviderRoute(name="a", default_model="m", bare=("x-*",)),
        ProviderRoute(name="b", default_model="m", bare=("x-*-fast",)),
    )
    table = RouteTable(providers=providers, aliases={}, default_provider="a", registered=frozenset("ab"))

    assert table.resolve("x-1-fast").provider == "b"
    assert table.resolve("x-1").provider == "a"


def _restored(settings, env) -> RouteTable:
    return from_settings(settings, admission.admissions(provider_routes(settings), env))


def test_the_table_survives_the_way_through_the_generated_config(example_registry, table):
    keys = {p.auth_env: "set" for p in example_registry.providers if p.auth_env and p.name != "keyless"}

    restored = _restored(to_settings(table, example_registry.sha256), keys)

    assert restored.registered == table.registered
    assert restored.providers == table.providers
    assert all(restored.resolve(model, provider) == table.resolve(model, provider) for model, provider, *_ in GOES_TO)


def test_a_blank_key_does_not_register_a_provider(example_registry, table):
    restored = _restored(to_settings(table, ""), {"KIMI_API_KEY": "  "})

    assert restored.registered == {"ollama"}


def test_a_provider_whose_key_or_url_cannot_be_used_says_why(table):
    env = {"KIMI_API_KEY": "sk-kimi-two words", "OPENAI_API_KEY": "sk-x", "OPENAI_BASE_URL": "https://me:pw@h/v1"}

    restored = _restored(to_settings(table, ""), env)

    assert restored.resolve("kimi/k3").message == (
        'provider "kimi" is not registered: the key from $KIMI_API_KEY contains white space; fix that,'
        " then reload or restart the proxy"
    )
    assert restored.resolve("openai/gpt-5").message == (
        'provider "openai" is not registered: $OPENAI_BASE_URL contains a user name or password, which logs and'
        " admin pages would show; fix that, then reload or restart the proxy"
    )


def test_a_glob_of_many_stars_takes_linear_time():
    """A regular expression took 4 s for a name of 512 characters, and 2 s more for each additional star."""
    providers = (
        ProviderRoute(name="a", default_model="m", bare=("a*" * 60 + "b",)),
        ProviderRoute(name="b", default_model="m", accepts=("*a*" * 60 + "b",)),
    )
    table = RouteTable(providers=providers, aliases={}, default_provider="b", registered=frozenset({"a", "b"}))

    assert table.resolve("a" * 512).status == 404
    assert table.resolve("a" * 511 + "b").provider == "a"


@pytest.mark.parametrize(
    ("glob", "name", "matches"),
    [
        ("a*b*c", "abc", True),
        ("a*b*c", "a-bb-c", True),
        ("a*b*c", "acb", False),
        ("a*a", "a", False),
        ("*", "", True),
        ("*x*", "axb", True),
        ("a**b", "ab", True),
        ("ab*ba", "aba", False),
        ("a.c", "abc", False),
    ],
)
def test_what_a_glob_matches(glob: str, name: str, matches: bool):
    assert _matches(glob, name) is matches
