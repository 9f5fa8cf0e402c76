"""Pattern aliases, options of aliases and models, and names that no rule matches."""

from __future__ import annotations

from custom_providers.environment.admission import admissions
from custom_providers.registry import loading
from custom_providers.routing.resolver import RouteTable
from custom_providers.routing.table import compile_table, from_settings, provider_routes, to_settings

REGISTRY = """
[[provider]]
name = "ollama"
base_url = "http://localhost:11434"
auth = "none"
default_model = "q"
fallbacks = ["openai/gpt-6-luna"]
models = [{ id = "deep", defaults = { num_ctx = 32768, temperature = 0 }, fallbacks = ["openai/gpt-6-terra"] }]

[[provider]]
name = "openai"
base_url = "https://api.openai.com/v1"
auth = "none"
default_model = "gpt-6-luna"

[[provider]]
name = "claude"
base_url = "https://api.anthropic.com"
auth = "x_api_key"
auth_env = "ANTHROPIC_API_KEY"
default_model = "claude-haiku-5-5"

[aliases]
fast = "openai/gpt-6-luna"
"claude-haiku-*" = "fast"
"claude-*" = { model = "ollama/deep", defaults = { temperature = 1, reasoning_effort = "low" } }
"deep*" = "ollama/deep"
steady = { model = "fast", fallbacks = ["deep"] }

[gateway]
default_provider = false
"""


def _table() -> RouteTable:
    registry = loading.parse(REGISTRY.encode(), "providers.toml")
    return compile_table(registry, frozenset({"ollama", "openai", "claude"}))


def _goal(name: str) -> tuple[str | None, str]:
    route = _table().resolve(name)
    return route.deployment, route.rule


def test_an_alias_with_a_star_takes_all_names_of_its_form_the_narrowest_first():
    assert _goal("claude-haiku-4-5-20251001") == ("openai/gpt-6-luna", "alias")
    assert _goal("claude-opus-5") == ("ollama/deep", "alias")
    assert _goal("deep") == ("ollama/deep", "alias")


def test_a_prefix_comes_before_an_alias_with_a_star():
    assert _goal("claude/claude-haiku-5-5") == ("claude/claude-haiku-5-5", "prefix")


def test_an_aliases_options_come_before_its_models_and_these_before_the_providers():
    table = _table()
    alias = table.options_of(table.resolve("claude-opus-5"))
    model = table.options_of(table.resolve("ollama/deep"))

    assert alias.defaults == {"num_ctx": 32768, "temperature": 1, "reasoning_effort": "low"}
    assert alias.fallbacks == ("openai/gpt-6-terra",)
    assert (model.defaults, model.fallbacks) == ({"num_ctx": 32768, "temperature": 0}, ("openai/gpt-6-terra",))
    assert table.options_of(table.resolve("steady")).fallbacks == ("deep",)
    assert table.fallbacks_of(table.resolve("steady")) == ["ollama/deep"]
    assert table.options_of(table.resolve("fast")).fallbacks == ()


def test_without_a_default_provider_a_name_that_nobody_takes_is_a_404_with_a_suggestion():
    table = _table()

    assert table.resolve("qwen3.5:latest")[5:] == (404, "no provider takes this name")
    assert table.resolve("opnai/gpt-6-luna")[5:] == (
        404,
        'no provider takes this name; did you mean "openai/gpt-6-luna"?',
    )


def test_all_of_it_survives_the_way_through_the_generated_config():
    table = _table()
    settings = to_settings(table, "")

    restored = from_settings(settings, admissions(provider_routes(settings), {"ANTHROPIC_API_KEY": "sk-ant"}))

    for name in ("claude-opus-5", "claude-haiku-x", "steady", "ollama/deep", "unknown"):
        assert restored.resolve(name) == table.resolve(name)
        assert restored.options_of(restored.resolve(name)) == table.options_of(table.resolve(name))
