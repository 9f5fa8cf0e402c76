"""The [audit] table and the state directory, from the registry to the running proxy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from custom_providers.registry import loading
from custom_providers.registry.model import Audit, Registry
from custom_providers.state import state_directory
from pointsman.config.render import config, render
from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.patience import eventually
from tests.running import litellm

PROVIDER = '[[provider]]\nname = "ollama"\nbase_url = "http://localhost:11434"\nauth = "none"\ndefault_model = "m"\n'
# On a busy machine a worker takes longer than 5 s to load LiteLLM, and uvicorn would kill it.
TWO_WORKERS = ("--num_workers", "2", "--timeout_worker_healthcheck", "120")
CHAT = "/v1/chat/completions"
BODY = {"model": "fast", "messages": [{"role": "user", "content": "Reply PONG"}]}


def _audit(table: str) -> Audit:
    return loading.parse(f"{PROVIDER}\n{table}".encode(), "providers.toml").audit


def test_every_call_leaves_a_row_without_text_unless_the_registry_says_otherwise():
    assert _audit("") == Audit(enabled=True, url_env="", store_text=False)
    said = '[audit]\nenabled = false\nurl_env = "AUDIT_URL"\nstore_text = true'
    assert _audit(said) == Audit(enabled=False, url_env="AUDIT_URL", store_text=True)


def test_the_generated_config_has_the_audit_before_the_routing_hook(example_registry: Registry):
    """The audit must see requests that the routing hook refuses."""
    asked = replace(example_registry, audit=Audit(url_env="AUDIT_URL", store_text=True))
    made = yaml.safe_load(render(asked, "registry.toml"))
    entry = "custom_providers.litellm_entry"
    assert made["litellm_settings"]["callbacks"] == [f"{entry}.audit_logger", f"{entry}.routing_hook"]
    assert made["callback_settings"]["pointsman"]["audit"] == {"url_env": "AUDIT_URL", "store_text": True}


def test_without_rows_calls_are_logged_all_the_same(example_registry: Registry):
    made = config(replace(example_registry, audit=Audit(enabled=False)))
    entry = "custom_providers.litellm_entry"
    assert made["litellm_settings"]["callbacks"] == [f"{entry}.audit_logger", f"{entry}.routing_hook"]
    assert "audit" not in made["callback_settings"]["pointsman"]


@pytest.mark.parametrize(
    ("env", "directory"),
    [
        ({"POINTSMAN_STATE_DIR": "/srv/state", "STATE_DIRECTORY": "/var/lib/x"}, "/srv/state"),
        ({"STATE_DIRECTORY": "/var/lib/pointsman:/var/lib/other"}, "/var/lib/pointsman"),
        ({"POINTSMAN_STATE_DIR": " ", "STATE_DIRECTORY": ""}, f"{Path.cwd()}/.pointsman"),
        ({}, f"{Path.cwd()}/.pointsman"),
    ],
)
def test_where_the_state_is(env: dict[str, str], directory: str):
    assert state_directory(env) == Path(directory)


@pytest.mark.proxy
def test_two_workers_fill_one_file_with_text_where_it_is_wanted(
    simulator: Simulator, example_registry: Registry, tmp_path: Path
):
    file = tmp_path / "litellm_config.yaml"
    file.write_text(render(replace(example_registry, audit=Audit(store_text=True)), "registry.toml"))
    env = {**simulator.environ(), "POINTSMAN_STATE_DIR": str(tmp_path / "state")}
    with litellm(file, env, tmp_path / "proxy.log", *TWO_WORKERS) as proxy:
        recorded = Recorded(proxy=proxy, state=tmp_path / "state")
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: recorded.post(CHAT, BODY), range(60)))
    rows = recorded.rows()
    assert sorted(row["call_id"] for row in rows) == sorted(answer.headers["x-litellm-call-id"] for answer in answers)
    assert {row["answer"] for row in rows} == {"PONG"}
    assert {row["prompt"] for row in rows} == {'{"messages": [{"role": "user", "content": "Reply PONG"}]}'}
    assert not (tmp_path / ".pointsman").exists()


@pytest.mark.proxy
def test_a_state_directory_that_cannot_be_written_costs_no_request(
    simulator: Simulator, example_registry: Registry, tmp_path: Path
):
    (tmp_path / "file").touch()
    file = tmp_path / "litellm_config.yaml"
    file.write_text(render(example_registry, "registry.toml"))
    env = {**simulator.environ(), "POINTSMAN_STATE_DIR": str(tmp_path / "file" / "state")}
    with litellm(file, env, tmp_path / "proxy.log") as proxy:
        recorded = Recorded(proxy=proxy, state=tmp_path)
        assert [recorded.post(CHAT, BODY).status_code for _ in range(5)] == [200] * 5
        assert "pointsman: audit: no spool in" in proxy.log()


@pytest.mark.proxy
def test_a_database_url_that_is_none_costs_no_request_and_is_told_without_its_password(
    simulator: Simulator, example_registry: Registry, tmp_path: Path
):
    file = tmp_path / "litellm_config.yaml"
    file.write_text(render(replace(example_registry, audit=Audit(url_env="AUDIT_URL")), "registry.toml"))
    env = {**simulator.environ(), "AUDIT_URL": "postgresql://u:p[w@canary-word@db.invalid/audit"}
    with litellm(file, env, tmp_path / "proxy.log") as proxy:
        recorded = Recorded(proxy=proxy, state=tmp_path)
        assert recorded.post(CHAT, BODY).status_code == 200
        eventually(lambda: "$AUDIT_URL is not a Postgres URL" in proxy.log(), otherwise=proxy.log)
    assert "canary-word" not in proxy.log()
