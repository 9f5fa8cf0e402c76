"""``--json``, as ``docs/json.md`` describes it; ``smoke`` and ``reload`` are compared where a proxy runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from custom_providers.observability.audit.storage.sqlite import SqliteSink
from pointsman.simulator import Simulator
from tests.observability.audit.rows import row
from tests.pointsman.commands.documented import require_items, require_object
from tests.pointsman.conftest import Command


@pytest.fixture
def printed(pointsman: Command, folder: Path, simulator: Simulator) -> Any:
    """Runs a command with an audited call, a LiteLLM config, a webhook without its variable, simulated providers."""
    with (folder / "providers.toml").open("a") as registry:
        registry.write('\n[alerts]\nslack_webhook_env = "TEAM_SLACK"\n')
    (folder / "old.yaml").write_text("model_list: [{model_name: a, litellm_params: {model: openai/a, rpm: 3}}]\n")
    sink = SqliteSink(folder / ".pointsman" / "audit.sqlite3")
    sink.store([row("1")])
    sink.close()

    def run(*arguments: str) -> Any:
        done = pointsman(*arguments, "--json", env=simulator.environ())
        found = json.loads(done.stdout)
        named = " ".join(word for word in arguments if word in {"alerts", "test", "audit", "--sum"}) or arguments[0]
        require_object(named, found, done.returncode)
        return found

    return run


@pytest.mark.parametrize(
    ("arguments", "lists"),
    [
        (("check",), {"problems": "`problems`", "keys": "`keys` of `check`"}),
        (("check", "--live", "kimi"), {"keys": "`keys` of `check`"}),
        (("keys",), {"keys": "`keys` of `keys`"}),
        (("providers",), {"providers": "`providers` of `providers`"}),
        (("models",), {"providers": "`providers` of `models`"}),
        (("usage", "openrouter", "gemini"), {"accounts": "`accounts`"}),
        (("route", "kimi/k3"), {}),
        (("route", "a,b", "--expect", "kimi/k3"), {}),
        (("connect", "claude-code"), {}),
        (("connect", "curl"), {}),
        (("import", "old.yaml", "--replace"), {"problems": "`problems`"}),
        (("audit",), {}),
        (("audit", "--sum"), {"sums": "`sums`"}),
        (("doctor",), {"findings": "`findings`"}),
        (("alerts", "test"), {"webhooks": "`webhooks`"}),
    ],
)
def test_each_object_is_as_documented(printed: Any, arguments: tuple[str, ...], lists: dict[str, str]):
    found = printed(*arguments)

    assert lists.keys() <= found.keys()
    for name, documented in lists.items():
        require_items(documented, found[name])


def test_what_is_nested_is_as_documented_too(printed: Any):
    (look,) = printed("models", "--live", "--provider", "openrouter")["providers"]
    (account,) = printed("usage", "openrouter")["accounts"]
    (call,) = printed("audit")["calls"]

    require_items("`live` with `--live`", [look["live"]])
    require_items("`windows`", account["windows"])
    assert call.keys() == row("1").keys()
