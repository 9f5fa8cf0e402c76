"""``pointsman models``: declared models, served models, and the result of ``--write``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from custom_providers.registry import loading
from pointsman.console.refusal import RefusalError
from pointsman.models import registry_update
from pointsman.simulator import Answer, Simulator
from pointsman.simulator.answers import json_answer
from pointsman.sources import sources
from tests.conftest import REGISTRY
from tests.pointsman.conftest import Command


def _looked(pointsman: Command, simulator: Simulator, provider: str, *options: str) -> Any:
    """The output of ``--live --json`` for one provider."""
    done = pointsman("models", "--provider", provider, "--live", "--json", *options, env=simulator.environ())
    (look,) = json.loads(done.stdout)["providers"]
    return look


def _declare(folder: Path, provider: str, models: str) -> None:
    """Replaces the provider's ``models``, or adds them before its default model."""
    path = folder / "providers.toml"
    before, name, after = path.read_text().partition(f'name = "{provider}"\n')
    row, _, rest = after.partition("\n\n")
    row = re.sub(r"^models = .*\n?", "", row, flags=re.MULTILINE).rstrip("\n")
    path.write_text(f"{before}{name}{row}\nmodels = {models}\n\n{rest}")


def _row(folder: Path, provider: str) -> str:
    """The text of one provider's table, including comments."""
    return (folder / "providers.toml").read_text().partition(f'name = "{provider}"\n')[2].partition("\n[[")[0]


def _without_row(folder: Path, provider: str) -> str:
    return (folder / "providers.toml").read_text().replace(_row(folder, provider), "")


def _listing(*models: dict[str, Any]) -> Answer:
    return json_answer({"object": "list", "data": [{"object": "model", **model} for model in models]})


def test_declared_models_are_listed_without_asking_anybody(pointsman: Command, simulator: Simulator):
    done = pointsman("models", "--provider", "moonshot", env=simulator.environ())

    assert done.returncode == 0
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["model", "context/out", "$", "in/out/cached", "can"],
        ["moonshot/kimi-k3", "1.05M/1.05M", "3/15/0.3", "vision,", "reasoning"],
        ["moonshot/kimi-house-model", "131k/-", "0.5/2/-"],
        ["moonshot/kimi-k2.6*", "262k/262k", "0.95/4/0.16", "vision,", "reasoning"],
    ]
    assert simulator.received == []


def test_the_json_has_every_fact_and_marks_the_default(pointsman: Command):
    (look,) = json.loads(pointsman("models", "--provider", "kimi", "--json").stdout)["providers"]

    assert look == {
        "provider": "kimi",
        "models": [
            {
                "id": "kimi-for-coding",
                "base_url": "",
                "context_window": 1048576,
                "max_output_tokens": 32768,
                "input_price": 0.0,
                "output_price": 0.0,
                "cached_input_price": 0.0,
                "vision": True,
                "reasoning": True,
                "defaults": {},
                "fallbacks": [],
                "default": True,
            }
        ],
        "live": None,
    }


@pytest.mark.parametrize(
    ("provider", "new", "served"),
    [
        ("ollama", 3, (262144, None, None, None, True)),
        ("ollama_cloud", 3, (262144, None, None, None, True)),
        ("openrouter", 3, (131072, 32768, 0.6, 2.5, True)),
        ("opencode", 6, (None, None, None, None, None)),
        ("opencode_go", 6, (None, None, None, None, None)),
        ("gemini", 3, (1048576, 65536, None, None, True)),
        ("claude", 3, (1000000, 128000, None, None, True)),
        ("openai", 4, (None, None, None, None, None)),
    ],
)
def test_every_list_is_read(
    pointsman: Command, simulator: Simulator, folder: Path, provider: str, new: int, served: tuple[Any, ...]
):
    """The default model is in each provider's list, and ``--write`` copies its facts."""
    live = _looked(pointsman, simulator, provider)["live"]

    assert (live["detail"], live["gone"], live["changed"], len(live["new"])) == ("", {}, [], new)
    pointsman("models", "--provider", provider, "--write", env=simulator.environ())
    models = loading.load(folder / "providers.toml").provider(provider).models
    told = [
        (row.context_window, row.max_output_tokens, row.input_price, row.output_price, row.reasoning) for row in models
    ]
    assert told == ([served] if any(fact is not None for fact in served) else [])


def test_pages_are_followed_to_the_last(pointsman: Command, simulator: Simulator):
    page = {"models": [{"name": "models/gemini-2.5-pro"}], "nextPageToken": "2/3"}
    simulator.script_probe("gemini", json_answer(page), json_answer({"models": [{"name": "models/gemini-2.5-flash"}]}))

    live = _looked(pointsman, simulator, "gemini")["live"]

    assert (live["gone"], [model["id"] for model in live["new"]]) == ({}, ["gemini-2.5-pro"])
    assert [request.query.get("pageToken") for request in simulator.received] == [None, "2/3"]


def test_anthropics_pages_too(pointsman: Command, simulator: Simulator):
    page = {"data": [{"id": "claude-opus-4-8"}], "has_more": True, "last_id": "claude-opus-4-8"}
    simulator.script_probe("claude", json_answer(page))

    assert _looked(pointsman, simulator, "claude")["live"]["gone"] == {}
    assert [request.query.get("after_id") for request in simulator.received] == [None, "claude-opus-4-8"]


def test_a_list_without_end_is_no_list(pointsman: Command, simulator: Simulator):
    endless = json_answer({"models": [{"name": "models/gemini-2.5-pro"}], "nextPageToken": "x"})
    simulator.script_probe("gemini", *[endless] * 30)

    assert _looked(pointsman, simulator, "gemini")["live"] == {
        "detail": "lists more than 20 pages of models",
        "gone": {}, "new": [], "changed": [], "ending": {}, "efforts": {},
    }  # fmt: skip


def test_a_model_that_is_gone_is_named_with_what_is_there_instead(
    pointsman: Command, simulator: Simulator, folder: Path
):
    _declare(folder, "moonshot", '["kimi-k2.5", "kimi-k3"]')

    done = pointsman("models", "--provider", "moonshot", "--live", env=simulator.environ())

    assert done.returncode == 1
    assert (
        "moonshot/kimi-k2.5: gone\n"
        '    hint: "kimi-k2.5": end of service 2026-08-31; use "kimi-k3.1-pro"\n'
        'moonshot/kimi-k2.6: end of service 2026-12-31; use "kimi-k3.1-pro"\n'
        "moonshot: 4 more served (--json names them)\n"
    ) in done.stdout


def test_a_local_model_that_is_not_there_can_be_fetched(pointsman: Command, simulator: Simulator, folder: Path):
    _declare(folder, "ollama", '["llama3.2", "mistral"]')

    gone = _looked(pointsman, simulator, "ollama")["live"]["gone"]

    assert gone == {"mistral": "`ollama pull mistral` fetches it"}


def test_another_context_is_told_and_written(pointsman: Command, simulator: Simulator, folder: Path):
    _declare(folder, "claude", '[{ id = "claude-haiku-4-5", context_window = 200000, vision = false }]')

    live = _looked(pointsman, simulator, "claude")["live"]
    done = pointsman("models", "--provider", "claude", "--write", env=simulator.environ())

    assert live["changed"] == [{"id": "claude-haiku-4-5", "declared": 200000, "served": 1000000}]
    assert "claude/claude-haiku-4-5: context 1000000, declared 200000" in done.stdout
    (model,) = loading.load(folder / "providers.toml").provider("claude").models
    assert (model.context_window, model.vision, model.reasoning) == (1000000, False, True)


def test_a_model_with_a_last_day_is_no_problem_yet(pointsman: Command, simulator: Simulator):
    done = pointsman("models", "--provider", "openai", "--live", env=simulator.environ())

    assert done.returncode == 0
    assert "openai/gpt-4o-mini: end of service 2026-12-31" in done.stdout


def test_openrouters_variants_are_the_model_itself(pointsman: Command, simulator: Simulator, folder: Path):
    _declare(folder, "openrouter", '["moonshotai/kimi-k2.6:nitro", "moonshotai/kimi-k2.6:free"]')

    assert list(_looked(pointsman, simulator, "openrouter")["live"]["gone"]) == ["moonshotai/kimi-k2.6:free"]


def test_a_list_is_public_where_it_is_public(pointsman: Command, simulator: Simulator):
    """Without keys, public lists are compared too; a missing other list is a failure only for a named provider."""
    env = {name: value for name, value in simulator.environ().items() if name.endswith("_BASE_URL")}

    done = pointsman("models", "--live", "--json", env=env)

    live = {look["provider"]: look["live"]["detail"] for look in json.loads(done.stdout)["providers"]}
    assert done.returncode == 0
    assert [name for name, problem in live.items() if not problem] == [
        "ollama", "ollama_cloud", "openrouter", "opencode", "opencode_go",
    ]  # fmt: skip
    assert "no key: $OPENAI_API_KEY (not set)" in live["openai"]
    assert pointsman("models", "--provider", "openai", "--live", env=env).returncode == 1


@pytest.mark.parametrize(
    ("provider", "answer", "problem"),
    [
        ("openai", "bad_key", "the key was refused (401)"),
        ("kimi", "html_502", "answered 502"),
        ("claude", "not_json", "answered 200 without JSON"),
        ("moonshot", _listing(), "answered, but lists no models"),
        ("moonshot", _listing({"id": 7}, {"id": None}), "answered, but lists no models"),
        ("moonshot", json_answer({"data": "none", "models": [None, 3]}), "answered, but lists no models"),
    ],
)
def test_what_was_not_compared_is_not_called_gone(
    pointsman: Command, simulator: Simulator, folder: Path, provider: str, answer: str | Answer, problem: str
):
    simulator.script_probe(provider, answer)

    done = pointsman("models", "--provider", provider, "--write", env=simulator.environ())

    assert done.returncode == 1
    assert f"{provider}: not compared: {problem}" in done.stdout
    assert (folder / "providers.toml").read_text() == REGISTRY.read_text()


def test_only_the_models_of_the_providers_asked_change(pointsman: Command, simulator: Simulator, folder: Path):
    """Comments, order and other lines are kept; models that are no longer served are removed, except the default."""
    _declare(
        folder,
        "openrouter",
        """[
    # for summaries
    "moonshotai/kimi-k2.6",
    { id = "openai/gpt-oss-120b:free", input_price = 0 },  # free
    # was good
    "vendor/unknown",
    "anthropic/claude-sonnet-4.5",  # for reviews
]""",
    )
    elsewhere = _without_row(folder, "openrouter")

    done = pointsman("models", "--provider", "openrouter", "--write", env=simulator.environ())

    assert done.returncode == 0, done.stderr
    assert (folder / "providers.toml.old").exists()
    assert done.stderr == (
        "providers.toml.old: the registry as it was\n"
        "openrouter: 3 completed, 1 removed\n"
        "providers.toml: written\n    hint: review the difference, then run `pointsman render`\n"
    )
    told = (
        "context_window = 131072, max_output_tokens = 32768, input_price = 0.6, output_price = 2.5, "
        "cached_input_price = 0.15, vision = false, reasoning = true"
    )
    assert (
        f"""models = [
    # for summaries
    {{id = "moonshotai/kimi-k2.6", {told}}},
    {{ id = "openai/gpt-oss-120b:free", input_price = 0, {told.replace("input_price = 0.6, ", "", 1)}}},  # free
    # was good
    {{id = "anthropic/claude-sonnet-4.5", {told}}},  # for reviews
]
"""
        in _row(folder, "openrouter") + "\n"
    )
    assert _without_row(folder, "openrouter") == elsewhere


def test_writing_twice_changes_nothing_more(pointsman: Command, simulator: Simulator, folder: Path):
    arguments = ("models", "--provider", "openrouter", "--provider", "claude", "--write")
    pointsman(*arguments, env=simulator.environ())
    once = (folder / "providers.toml").read_text()

    again = pointsman(*arguments, env=simulator.environ())

    assert again.stderr == "openrouter: nothing to change\nclaude: nothing to change\n"
    assert (folder / "providers.toml").read_text() == once


def test_a_default_model_that_is_gone_stays_and_fails(pointsman: Command, simulator: Simulator, folder: Path):
    path = folder / "providers.toml"
    path.write_text(path.read_text().replace('default_model = "kimi-k2.6"', 'default_model = "kimi-k2.5"'))
    _declare(folder, "moonshot", '["kimi-k2.5", "kimi-k3", "kimi-latest"]')

    done = pointsman("models", "--provider", "moonshot", "--write", env=simulator.environ())

    assert done.returncode == 1
    assert [model.id for model in loading.load(path).provider("moonshot").models] == ["kimi-k2.5", "kimi-k3"]


def test_new_models_are_added_only_by_name(pointsman: Command, simulator: Simulator, folder: Path):
    arguments = ("models", "--provider", "openrouter", "--write", "--add", "anthropic/*", "--add", "nobody/*")

    pointsman(*arguments, env=simulator.environ())

    models = loading.load(folder / "providers.toml").provider("openrouter").models
    assert [model.id for model in models] == ["openai/gpt-oss-120b:free", "anthropic/claude-sonnet-4.5"]


def test_what_would_not_be_valid_is_not_written(pointsman: Command, simulator: Simulator, folder: Path):
    simulator.script_probe("moonshot", _listing({"id": "kimi-k3"}, {"id": "kimi-k2.6"}, {"id": "a, b"}))

    done = pointsman("models", "--provider", "moonshot", "--write", "--add", "*", env=simulator.environ())

    assert done.returncode == 3
    assert "providers.toml: not changed, because it would not be valid" in done.stderr
    assert (folder / "providers.toml").read_text() == REGISTRY.read_text()


@pytest.mark.parametrize("more", ["[alerts]\n", "no TOML"])
def test_a_file_that_changed_meanwhile_is_left_alone(folder: Path, more: str):
    path = folder / "providers.toml"
    loaded = sources.load(path, {})
    path.write_text(f"{path.read_text()}\n{more}")

    with pytest.raises(RefusalError, match="changed while the providers were asked"):
        registry_update.write(loaded, [])


def test_no_key_is_ever_printed(pointsman: Command, simulator: Simulator):
    env = simulator.environ()
    for provider in set(simulator.providers()) - {"ollama"}:
        simulator.script_probe(provider, "bad_key")

    done = pointsman("models", "--live", "--json", env=env)

    keys = [value for name, value in env.items() if not name.endswith("_BASE_URL")]
    assert not any(key in done.stdout + done.stderr for key in keys)


@pytest.mark.parametrize(
    "arguments",
    [["--write"], ["--provider", "openai", "--add", "x"], ["--provider", "nobody"], ["--provider", "retired"]],
)
def test_wrong_usage_is_exit_code_2(pointsman: Command, arguments: list[str]):
    assert pointsman("models", *arguments).returncode == 2


def test_reasoning_efforts_that_the_catalogue_does_not_have_are_named(
    pointsman: Command, simulator: Simulator, folder: Path
):
    """Kimi changes its efforts every few weeks, and uses another one if a request has a removed effort."""
    _declare(folder, "kimi", '["k3"]')
    lists = {"k3": ["low", "high", "max"], "kimi-for-coding": ["low", "medium"]}
    rows = [{"id": name, "think_efforts": {"valid_efforts": efforts}} for name, efforts in lists.items()]
    simulator.script_probe("kimi", _listing(*rows))

    done = pointsman("models", "--provider", "kimi", "--live", env=simulator.environ())

    assert done.returncode == 0
    assert "kimi/kimi-for-coding: reasoning efforts low, medium; this release knows others\n" in done.stdout
    assert "kimi/k3: reasoning" not in done.stdout
