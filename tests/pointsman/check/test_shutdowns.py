"""``check --live`` warns about models that will be switched off, by the provider's list or by our profiles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pointsman.simulator import Simulator
from pointsman.simulator.answers import json_answer
from tests.pointsman.conftest import Command

HEAD = """\
[gateway]
default_provider = "{name}"

[[provider]]
name = "{name}"
base_url = "{url}"
auth = "{auth}"
auth_env = "{variable}"
default_model = "{model}"
"""


def _warnings(pointsman: Command, simulator: Simulator, name: str, **env: str) -> list[dict[str, Any]]:
    done = pointsman("check", name, "--live", "--json", env={**simulator.environ(), **env})
    found: list[dict[str, Any]] = json.loads(done.stdout)["problems"]
    return [problem for problem in found if "served until" in problem["detail"]]


def _declare(folder: Path, name: str, simulator: Simulator, model: str, more: str = "") -> None:
    variable = next(variable for variable in simulator.environ_of(name) if variable.endswith("KEY"))
    url = next(url for variable, url in simulator.environ_of(name).items() if variable.endswith("URL"))
    auth = {"gemini": "x_api_key"}.get(name, "bearer")
    text = HEAD.format(name=name, url=url, auth=auth, variable=variable, model=model)
    (folder / "providers.toml").write_text(text + more)


def test_openais_own_list_says_the_day_and_the_catalogue_the_successor(
    pointsman: Command, simulator: Simulator, folder: Path
):
    _declare(folder, "openai", simulator, "gpt-6-luna", 'models = ["gpt-4o-mini", "gpt-5-mini"]\n')

    first, second = _warnings(pointsman, simulator, "openai")

    assert first["detail"] == '"gpt-4o-mini" is served until 2026-12-31'
    assert "--live" in first["hint"]
    assert (second["detail"], second["hint"]) == ('"gpt-5-mini" is served until 2026-12-11', 'use "gpt-6-luna"')
    assert (second["status"], second["line"]) == ("warning", 10)
    assert second["where"] == 'provider "openai": models[1]'


def test_openrouters_list_calls_it_expiration_date(pointsman: Command, simulator: Simulator, folder: Path):
    _declare(folder, "openrouter", simulator, "some/model")
    item = {"id": "some/model", "expiration_date": "2027-01-15"}
    # Two requests that verify the key come before the list.
    key = json_answer({"data": {"limit": None}})
    simulator.script_probe("openrouter", key, key, json_answer({"data": [item]}))

    (warning,) = _warnings(pointsman, simulator, "openrouter")

    assert warning["detail"] == '"some/model" is served until 2027-01-15'
    assert warning["where"] == 'provider "openrouter": default_model'


@pytest.mark.parametrize(
    ("name", "model", "day", "instead"),
    [
        ("gemini", "gemini-2.5-flash", "2026-12-01", "gemini-3.5-flash-lite"),
        ("moonshot", "kimi-k2.6", "2026-12-31", "kimi-k3.1-pro"),
    ],
)
def test_where_a_list_has_no_dates_the_catalogue_has(
    pointsman: Command, simulator: Simulator, folder: Path, name: str, model: str, day: str, instead: str
):
    _declare(folder, name, simulator, model)

    (warning,) = _warnings(pointsman, simulator, name)

    assert (warning["detail"], warning["hint"]) == (f'"{model}" is served until {day}', f'use "{instead}"')


def test_a_provider_that_does_not_answer_is_still_known_by_the_catalogue(
    pointsman: Command, simulator: Simulator, folder: Path
):
    _declare(folder, "gemini", simulator, "gemini-2.5-flash")

    (warning,) = _warnings(pointsman, simulator, "gemini", GEMINI_BASE_URL="http://127.0.0.1:9/v1beta")

    assert warning["hint"] == 'use "gemini-3.5-flash-lite"'


def test_a_model_without_a_last_day_is_no_warning(pointsman: Command, simulator: Simulator, folder: Path):
    _declare(folder, "openai", simulator, "gpt-6-luna")

    assert _warnings(pointsman, simulator, "openai") == []
