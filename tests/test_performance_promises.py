"""What keeps the command and the proxy quick, as structure: what is imported, listed and passed on, never times."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from custom_providers import registry
from custom_providers.registry import Registry
from switchyard import serve
from switchyard.render import config, render
from tests.conftest import REGISTRY
from tests.running import clean_environment

HEAVY = ("litellm", "httpx", "openai", "pydantic")
RUN = f"""
import sys
from switchyard.cli import run
sys.argv[0] = "switchyard"
try:
    run()
finally:
    print("loaded:", *(name for name in {HEAVY} if name in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["render", "-o", "-"], ["route", "fast"], ["check"], ["providers"]])
def test_a_command_that_only_reads_loads_none_of_the_large_packages(tmp_path: Path, arguments: list[str]):
    shutil.copy(REGISTRY, tmp_path / "providers.toml")

    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert "loaded:" in done.stderr
    assert done.stderr.splitlines()[-1].split() == ["loaded:"]


def _with_models(count: int) -> Registry:
    models = ", ".join(f'"model-{number}"' for number in range(count))
    text = f"""
        [[provider]]
        name = "house"
        kind = "openai"
        base_url = "https://house.example/v1"
        auth = "none"
        default_model = "model-0"
        models = [{models}]
    """
    return registry.parse(text.encode(), "many.toml")


def test_what_litellm_scans_does_not_grow_with_the_declared_models():
    few, many = config(_with_models(1)), config(_with_models(2000))

    assert few["model_list"] == many["model_list"]
    assert few["router_settings"] == many["router_settings"]


def test_a_declared_model_is_one_line_of_the_generated_config():
    # LiteLLM's YAML parser takes 0.3 ms for a model of several lines, and 0.04 ms for one line of a text.
    few, many = (render(_with_models(count), "many.toml").splitlines() for count in (10, 30))

    assert len(many) - len(few) == 20


def test_prices_are_where_litellm_reads_them_once(test_registry: Registry):
    # In litellm_params they would be entered into LiteLLM's price map on every request, and the map indexed again.
    for deployment in config(test_registry)["model_list"]:
        assert not [name for name in deployment["litellm_params"] if "cost" in name]


def test_serve_keeps_litellm_off_the_network_at_start_and_off_the_log_for_each_request():
    assert all(name.startswith("LITELLM_") for name in serve.OFFLINE)
    assert serve.QUIET == {"LITELLM_LOG": "WARNING"}


@pytest.mark.parametrize(("wanted", "count"), [(1, 1), (3, 3)])
def test_serve_starts_so_many_workers(wanted: int, count: int):
    assert serve.worker_count(wanted) == count


def test_auto_is_at_least_one_worker():
    assert serve.worker_count("auto") >= 1
