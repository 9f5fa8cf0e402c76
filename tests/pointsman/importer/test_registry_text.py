"""LiteLLM configs converted to registries: the forms found in public configs, and the result of each."""

from __future__ import annotations

import tomllib
from textwrap import dedent
from typing import Any

import pytest

from custom_providers.registry import loading
from custom_providers.registry.problems import ConfigError
from custom_providers.routing.table import compile_table
from pointsman.importer.registry_text import Imported, imported

CANARY = "sk-proj-canary-0123456789abcdefghijklmnopqrstuvwxyz"


def _imported(text: str) -> Imported:
    return imported(dedent(text), "config.yaml", _included)


def _included(name: str) -> str:
    """The files that a config may include; there is no other."""
    if name not in FILES:
        raise FileNotFoundError(2, "No such file or directory", name)
    return dedent(FILES[name])


FILES = {
    "models/local.yaml": """\
        include: [../more.yaml, local.yaml]
        model_list:
          - model_name: qwen
            litellm_params: {model: ollama/qwen3, rpm: 5}
        general_settings:
          unknown: 1
    """,
    "more.yaml": """\
        model_list:
          - {model_name: haiku, litellm_params: {model: anthropic/claude-haiku-5-5}}
    """,
    "broken.yaml": "model_list: [",
}


def _table(text: str) -> dict[str, Any]:
    return tomllib.loads(_imported(text).text)


def _lost(text: str) -> list[tuple[int | None, str, str]]:
    return [(problem.line, problem.where, problem.message) for problem in _imported(text).lost]


def _goes(text: str, name: str) -> str | None:
    """The deployment that the imported registry selects for a name, if every key is set."""
    registry = loading.parse(_imported(text).text.encode(), "providers.toml")
    return compile_table(registry, frozenset(item.name for item in registry.providers)).resolve(name).deployment


ONE = """\
    model_list:
      - model_name: gpt-4o
        litellm_params:
          model: openai/gpt-4o
          api_key: os.environ/OPENAI_API_KEY
"""


def test_one_model_of_a_known_provider():
    assert _table(ONE) == {
        "provider": [
            {
                "name": "openai",
                "base_url": "https://api.openai.com/v1",
                "auth": "bearer",
                "auth_env": "OPENAI_API_KEY",
                "default_model": "gpt-4o",
                "models": ["gpt-4o"],
            }
        ],
        "aliases": {"gpt-4o": "openai/gpt-4o"},
        "gateway": {"default_provider": False},
    }
    assert _lost(ONE) == []


def test_a_model_without_a_prefix_is_the_vendors_whom_its_name_tells():
    text = """\
        model_list:
          - {model_name: smart, litellm_params: {model: gpt-4-turbo}}
          - {model_name: sonnet, litellm_params: {model: claude-sonnet-5}}
    """

    assert _goes(text, "smart") == "openai/gpt-4-turbo"
    assert _goes(text, "sonnet") == "claude/claude-sonnet-5"


def test_hosts_of_ones_own_become_providers_by_protocol_place_and_key():
    text = """\
        model_list:
          - model_name: qwen
            litellm_params: {model: hosted_vllm/qwen3, api_base: http://10.0.0.5:8000/v1}
          - model_name: llama
            litellm_params: {model: openai/llama, api_base: http://10.0.0.6:8000/v1/, api_key: none}
          - model_name: llama-big
            litellm_params: {model: openai/llama-big, api_base: http://10.0.0.6:8000/v1, api_key: none}
          - model_name: internal
            litellm_params: {model: openai/chat, api_base: https://llm.corp.example.com/v1, api_key: os.environ/CORP}
    """

    rows = {row["name"]: row for row in _table(text)["provider"]}
    assert {name: (row["base_url"], row["auth"], row.get("auth_env")) for name, row in rows.items()} == {
        "vllm": ("http://10.0.0.5:8000/v1", "none", None),
        "host_10_0_0_6": ("http://10.0.0.6:8000/v1", "none", None),
        "llm_corp_example": ("https://llm.corp.example.com/v1", "bearer", "CORP"),
    }
    assert rows["host_10_0_0_6"]["models"] == ["llama", "llama-big"]
    assert {row["kind"] for row in rows.values()} == {"openai"}


@pytest.mark.parametrize(
    ("model", "row"),
    [
        ("deepseek/deepseek-chat", ("deepseek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY")),
        ("groq/llama-4", ("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY")),
        ("openrouter/x-ai/grok-4", ("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY")),
        ("zai/glm-5.3", ("zai", "https://api.z.ai/api/paas/v4", "ZAI_API_KEY")),
        (
            "dashscope/qwen-max",
            ("dashscope", "https://dashscope.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY"),
        ),
        ("nano-gpt/x", ("nano_gpt", "https://nano-gpt.com/api/v1", "NANOGPT_API_KEY")),
        ("moonshot/kimi-k3", ("moonshot", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY")),
        ("anthropic/claude-haiku-5-5", ("claude", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY")),
    ],
)
def test_vendors_without_a_base_url_are_where_litellm_finds_them(model: str, row: tuple[str, str, str]):
    (found,) = _table(f"model_list: [{{model_name: m, litellm_params: {{model: {model}}}}}]")["provider"]

    assert (found["name"], found["base_url"], found["auth_env"]) == row


def test_a_key_in_the_config_goes_to_the_env_file_and_nowhere_else():
    text = f"""\
        model_list:
          - model_name: gpt-4o
            litellm_params: {{model: openai/gpt-4o, api_key: {CANARY}}}
          - model_name: other
            litellm_params: {{model: openai/x, api_base: https://a.example.com/v1, api_key: {CANARY}2}}
        general_settings:
          master_key: {CANARY}3
    """

    done = _imported(text)

    assert done.variables == {
        "OPENAI_API_KEY": CANARY,
        "A_EXAMPLE_API_KEY": f"{CANARY}2",
        "LITELLM_MASTER_KEY": f"{CANARY}3",
    }
    assert CANARY not in done.text + repr(done) + "".join(map(str, done.lost))


def test_two_keys_of_one_vendor_are_two_providers():
    text = """\
        model_list:
          - {model_name: a, litellm_params: {model: openai/gpt-4o, api_key: os.environ/KEY_A}}
          - {model_name: b, litellm_params: {model: openai/gpt-4o, api_key: os.environ/KEY_B}}
    """

    assert (_goes(text, "a"), _goes(text, "b")) == ("openai/gpt-4o", "openai_2/gpt-4o")


def test_prices_and_limits_come_along_per_million_tokens():
    text = """\
        model_list:
          - model_name: m
            litellm_params: {model: openai/m, input_cost_per_token: 0.0000002}
            model_info: {max_input_tokens: 128000, max_output_tokens: 16384, output_cost_per_token: 8e-07,
                         supports_vision: true}
    """

    assert _table(text)["provider"][0]["models"] == [
        {
            "id": "m",
            "context_window": 128000,
            "max_output_tokens": 16384,
            "vision": True,
            "input_price": 0.2,
            "output_price": 0.8,
        }
    ]


def test_parameters_of_an_entry_are_its_alias_defaults():
    text = """\
        model_list:
          - model_name: thorough
            litellm_params: {model: openai/o3, reasoning_effort: high, temperature: 0.2}
    """

    assert _table(text)["aliases"] == {
        "thorough": {"model": "openai/o3", "defaults": {"reasoning_effort": "high", "temperature": 0.2}}
    }


def test_wildcards_are_prefixes_bare_globs_and_the_default():
    text = """\
        model_list:
          - {model_name: "anthropic/*", litellm_params: {model: "anthropic/*"}}
          - {model_name: "deepseek-*", litellm_params: {model: "deepseek/deepseek-*"}}
          - {model_name: "*", litellm_params: {model: "openrouter/*"}}
    """

    assert _goes(text, "anthropic/claude-haiku-5-5") == "claude/claude-haiku-5-5"
    assert _goes(text, "deepseek-chat") == "deepseek/deepseek-chat"
    assert _goes(text, "whatever/else") == "openrouter/whatever/else"


def test_a_balanced_name_asks_the_first_and_falls_back_on_the_others():
    text = """\
        model_list:
          - {model_name: fast, litellm_params: {model: groq/llama, rpm: 30}}
          - {model_name: fast, litellm_params: {model: cerebras/llama}}
    """

    assert _table(text)["aliases"]["fast"] == {"model": "groq/llama", "fallbacks": ["cerebras/llama"]}
    assert _lost(text) == [
        (2, "model_list[0].litellm_params.rpm", "is not carried over"),
        (3, "model_list[1].model_name", '"fast" was balanced over 2 deployments'),
    ]


def test_fallbacks_and_aliases_of_the_router_come_along():
    text = (
        ONE
        + """\
      - {model_name: haiku, litellm_params: {model: anthropic/claude-haiku-5-5}}
    router_settings:
      model_group_alias: {gpt-4: gpt-4o, hidden: {model: haiku, hidden: true}}
      fallbacks: [{gpt-4o: [haiku]}]
      num_retries: 2
      timeout: 90
    """
    )

    table = _table(text)

    assert table["aliases"] == {
        "gpt-4o": {"model": "openai/gpt-4o", "fallbacks": ["haiku"]},
        "haiku": "claude/claude-haiku-5-5",
        "gpt-4": "gpt-4o",
        "hidden": "haiku",
    }
    assert [(row["retries"], row["timeout"]) for row in table["provider"]] == [(2, 90), (2, 90)]


def test_databases_redis_and_slack_are_named_by_their_variables():
    text = (
        ONE
        + """\
    general_settings:
      master_key: os.environ/MY_MASTER_KEY
      database_url: os.environ/PG_URL
      alerting: [slack]
    router_settings:
      redis_url: os.environ/REDIS
    """
    )

    table = _table(text)

    assert table["gateway"] == {
        "default_provider": False,
        "master_key_env": "MY_MASTER_KEY",
        "database_url_env": "PG_URL",
        "redis_url_env": "REDIS",
    }
    assert table["alerts"] == {"slack_webhook_env": "SLACK_WEBHOOK_URL"}


@pytest.mark.parametrize("listed", ["[{gpt-4o: [haiku]}]", "{gpt-4o: [haiku]}", "[{gpt-4o: haiku}]", "{gpt-4o: haiku}"])
def test_every_form_of_fallbacks_comes_along(listed: str):
    text = f"""{ONE}\
      - {{model_name: haiku, litellm_params: {{model: anthropic/claude-haiku-5-5}}}}
    litellm_settings: {{fallbacks: {listed}}}
    """

    assert _table(text)["aliases"]["gpt-4o"] == {"model": "openai/gpt-4o", "fallbacks": ["haiku"]}
    assert _lost(text) == []


def test_fallbacks_of_a_model_without_an_alias_are_the_models():
    text = """\
        model_list:
          - {model_name: openai/gpt-4o, litellm_params: {model: openai/gpt-4o}}
          - {model_name: mini, litellm_params: {model: openai/gpt-4o-mini}}
        router_settings: {fallbacks: [{openai/gpt-4o: [mini]}]}
    """

    assert _table(text)["provider"][0]["models"] == [{"id": "gpt-4o", "fallbacks": ["mini"]}, "gpt-4o-mini"]
    assert _lost(text) == []


def test_a_fallback_that_leads_nowhere_costs_the_fallback_and_not_the_name():
    text = ONE + "    router_settings: {fallbacks: [{gpt-4o: [gone]}]}\n"

    assert _table(text)["aliases"] == {"gpt-4o": "openai/gpt-4o"}
    ((_, _, message),) = _lost(text)
    assert message.startswith('a fallback of "gpt-4o", "gone": ')


def test_only_the_fallback_that_leads_nowhere_is_lost():
    text = """\
    model_list:
      - {model_name: llama, litellm_params: {model: hosted_vllm/llama, api_base: "http://10.0.0.5:8000/v1"}}
      - {model_name: llama, litellm_params: {model: hosted_vllm/llama, api_base: "http://10.0.0.6:8000/v1"}}
      - {model_name: grok, litellm_params: {model: xai/grok-4}}
    router_settings:
      fallbacks: [{llama: [gone, grok, lost]}]
    """

    assert _table(text)["aliases"]["llama"] == {"model": "vllm/llama", "fallbacks": ["vllm_2/llama", "grok"]}
    assert [message.partition(": ")[0] for _, _, message in _lost(text) if "a fallback" in message] == [
        'a fallback of "llama", "gone"',
        'a fallback of "llama", "lost"',
    ]


@pytest.mark.parametrize(
    ("model", "upstream"),
    [("openai/responses/gpt-5-codex", "gpt-5-codex"), ("whisper-1", "whisper-1"), ("dall-e-3", "dall-e-3")],
)
def test_forms_of_an_openai_model(model: str, upstream: str):
    text = f"    model_list: [{{model_name: mine, litellm_params: {{model: {model}}}}}]\n"

    assert _table(text)["aliases"] == {"mine": f"openai/{upstream}"}
    assert _lost(text) == []


@pytest.mark.parametrize("prefix", ["anthropic", "openai"])
def test_kimi_for_coding_is_kimi_over_either_protocol(prefix: str):
    base = "https://api.kimi.com/coding" + "/v1" * (prefix == "openai")
    text = f"""\
    model_list:
      - model_name: coder
        litellm_params: {{model: {prefix}/kimi-for-coding, api_base: "{base}", api_key: os.environ/KIMI_API_KEY}}
    """

    (provider,) = _table(text)["provider"]
    assert (provider["name"], provider["auth"], provider["auth_env"]) == ("kimi", "bearer", "KIMI_API_KEY")
    assert "kind" not in provider


def test_what_names_no_model_is_listed():
    text = (
        ONE
        + """\
    router_settings:
      model_group_alias: {agent: [gpt-4o, haiku]}
      fallbacks: [{gpt-4o: [{model: haiku, temperature: 0}]}, {other: [gpt-4o]}]
    """
    )

    assert [(where, message) for _, where, message in _lost(text)] == [
        ("router_settings.model_group_alias.agent", "does not name one model"),
        ("router_settings.fallbacks[0].gpt-4o", "a fallback is not a model name"),
        ("router_settings.fallbacks[1].other", 'the fallbacks of "other" are not carried over'),
    ]


def test_a_named_credential_belongs_to_its_entries():
    text = f"""\
        model_list:
          - {{model_name: a, litellm_params: {{model: openai/a, litellm_credential_name: corp}}}}
          - {{model_name: b, litellm_params: {{model: openai/b, litellm_credential_name: corp, api_key: os.environ/B}}}}
          - {{model_name: c, litellm_params: {{model: openai/c, litellm_credential_name: unknown}}}}
        credential_list:
          - credential_name: corp
            credential_values: {{api_key: {CANARY}, api_base: https://corp.example.com/v1}}
    """

    done = _imported(text)

    first, second, third = tomllib.loads(done.text)["provider"]
    assert (first["base_url"], first["auth_env"]) == ("https://corp.example.com/v1", "CORP_EXAMPLE_API_KEY")
    assert (second["base_url"], second["auth_env"]) == ("https://corp.example.com/v1", "B")
    assert third["name"] == "openai"
    assert done.variables == {"CORP_EXAMPLE_API_KEY": CANARY}
    assert [where for _, where, _ in _lost(text)] == ["model_list[2].litellm_params.litellm_credential_name"]


def test_a_url_in_a_variable_is_found_if_the_config_sets_it():
    text = """\
        model_list:
          - {model_name: a, litellm_params: {model: hosted_vllm/a, api_base: os.environ/SET}}
          - {model_name: b, litellm_params: {model: hosted_vllm/b, api_base: os.environ/NOT_SET}}
        environment_variables: {SET: "http://10.0.0.1:8000/v1"}
    """

    assert [row["base_url"] for row in _table(text)["provider"]] == ["http://10.0.0.1:8000/v1"]
    assert [where for _, where, _ in _lost(text)] == ["model_list[1].litellm_params.api_base"]


def test_anchors_and_merge_keys_are_read():
    text = """\
        model_list:
          - model_name: a
            litellm_params: &shared {model: openai/a, api_key: os.environ/KEY, timeout: "60"}
          - model_name: b
            litellm_params: {<<: *shared, model: openai/b}
    """

    (row,) = _table(text)["provider"]
    assert (row["models"], row["auth_env"], row["timeout"]) == (["a", "b"], "KEY", 60)


@pytest.mark.parametrize("name", ["input_cost_per_token", "timeout", "stream_timeout"])
@pytest.mark.parametrize("value", ["cheap", "os.environ/N", "[1]", "true"])
def test_what_is_not_a_number_is_listed(name: str, value: str):
    text = f"model_list: [{{model_name: a, litellm_params: {{model: openai/a, {name}: {value}}}}}]"

    assert _lost(text) == [(1, f"model_list[0].litellm_params.{name}", "is not a number")]


def test_the_hint_for_another_vendor_is_what_to_write_for_it():
    text = """\
        model_list:
          - {model_name: a, litellm_params: {model: openai/a}}
          - {model_name: b, litellm_params: {model: new/b}}
    """

    (lost,) = imported(dedent(text), "config.yaml", _included).lost

    assert lost.message == '"new" is not a provider that import knows'
    assert 'add it by hand, with kind = "openai" or "anthropic" and base_url' in lost.hint


def test_what_limits_a_model_is_listed():
    text = "model_list: [{model_name: a, litellm_params: {model: openai/a}, model_info: {id: x, access_groups: [b]}}]"

    assert _lost(text) == [(1, "model_list[0].model_info.access_groups", "is not carried over")]


def test_what_cannot_be_carried_over_is_listed_by_line():
    text = """\
        model_list:
          - {model_name: a, litellm_params: {model: openai/a}}
          - model_name: b
            litellm_params:
              model: bedrock/anthropic.claude
              aws_region_name: us-east-1
        litellm_settings:
          drop_params: true
          success_callback: [langfuse]
          cache: true
        include: [missing.yaml]
    """

    assert _lost(text) == [
        (5, "model_list[1].litellm_params.model", '"bedrock" is not a provider that import knows'),
        (9, "litellm_settings.success_callback", "is not carried over"),
        (10, "litellm_settings.cache", "is not carried over"),
        (11, "include[0]", '"missing.yaml" cannot be read: no such file or directory'),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is not YAML"),
        ("- 1", "is not a mapping of sections"),
        ("model_list: []", "has no entry"),
        ("model_list: [{model_name: a, litellm_params: {model: azure/gpt}}]", '"azure" is not a provider'),
        ("a: &a {b: *a}", "an anchor that contains itself"),
    ],
)
def test_what_is_no_config_is_refused(text: str, said: str):
    with pytest.raises(ConfigError, match=said):
        imported(text, "config.yaml", _included)


def test_included_files_are_merged_and_named_with_their_own_lines():
    text = ONE + "    include: [models/local.yaml, missing.yaml]\n"
    lost = _imported(text).lost

    assert [_goes(text, name) for name in ("gpt-4o", "qwen", "haiku")] == [
        "openai/gpt-4o",
        "ollama/qwen3",
        "claude/claude-haiku-5-5",
    ]
    assert [(problem.file, problem.line, problem.where, problem.message) for problem in lost] == [
        ("config.yaml", 6, "include[1]", '"missing.yaml" cannot be read: no such file or directory'),
        ("models/local.yaml", 4, "model_list[0].litellm_params.rpm", "is not carried over"),
        ("models/local.yaml", 6, "general_settings.unknown", "is not carried over"),
    ]


def test_an_included_file_that_is_not_yaml_is_refused_by_name():
    with pytest.raises(ConfigError) as raised:
        _imported(ONE + "    include: [broken.yaml]\n")

    assert [problem.file for problem in raised.value.problems] == ["broken.yaml"]


def test_what_litellm_ignores_is_not_mistaken_for_a_setting():
    text = """\
        x-defaults: &defaults {timeout: 30}
        model_list:
          - model_name: a
            litellm_params: {<<: *defaults, model: openai/a}
            tpm: 100
    """

    assert _lost(text) == [(5, "model_list[0].tpm", "is not carried over")]
    assert _table(text)["provider"][0]["timeout"] == 30


@pytest.mark.parametrize("name", ["User-Agent", "user-agent"])
def test_a_user_agent_for_kimi_becomes_the_registrys_own_field(name: str):
    """``check`` then says whether it is sent; in headers, it would silently not be."""
    text = f"""\
        model_list:
          - model_name: k
            litellm_params:
              model: anthropic/kimi-for-coding
              api_base: https://api.kimi.com/coding
              extra_headers: {{{name}: claude-code/1.0.0, X-Team: a}}
    """

    (provider,) = _table(text)["provider"]
    assert provider["user_agent"] == "claude-code/1.0.0"
    assert provider["headers"] == {"X-Team": "a"}
