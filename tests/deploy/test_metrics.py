"""Metrics: the setting, and a Grafana dashboard that uses only metrics of this LiteLLM release."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from custom_providers.observability.audit.storage import paths
from custom_providers.registry import loading
from custom_providers.registry.model import Registry
from pointsman.config import render
from pointsman.simulator import Simulator
from tests.conftest import REGISTRY
from tests.deploy.conftest import DEPLOY
from tests.patience import eventually
from tests.running import BIN, MASTER_KEY, clean_environment, free_port, litellm, running

DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "pointsman.json").read_text())
QUERIES = [
    pytest.param(target["expr"], id=f"{panel['id']}{target['refId']}")
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
]
MEASURED = b"\n[gateway]\nprometheus = true\n"
OURS = {"provider", "le"}
"""Labels that a query creates, or that every histogram has."""
OF_THE_PROCESS = {"process_resident_memory_bytes", "process_open_fds", "process_max_fds"}
"""prometheus_client's own metrics, on Linux."""


def _measured(switched_on: bool) -> Registry:
    return loading.parse(REGISTRY.read_bytes() + (MEASURED if switched_on else b""), "registry.toml")


def _asked(query: str) -> set[str]:
    without_labels = re.sub(r"by \([^)]*\)|\"[^\"]*\"", "", query)
    return set(re.findall(r"\b(?:litellm|process)_\w+", without_labels))


@pytest.fixture(scope="module")
def counted() -> dict[str, str]:
    """LiteLLM's metrics: the exported name, and the name of its definition."""
    (package,) = importlib.util.find_spec("litellm").submodule_search_locations  # type: ignore[union-attr, misc]
    source = (Path(package) / "integrations" / "prometheus.py").read_text()
    pattern = r'_(counter|gauge|histogram)_factory\(\s*(?:name=)?"(litellm_\w+)"'
    endings = {"counter": "_total", "gauge": "", "histogram": "_bucket"}
    exported = {name.removesuffix("_total") + endings[kind]: name for kind, name in re.findall(pattern, source)}
    in_flight = Path(package) / "proxy" / "middleware" / "in_flight_requests_middleware.py"
    assert '"litellm_in_flight_requests"' in in_flight.read_text()
    return exported | {"litellm_in_flight_requests": ""}


def test_the_switch_adds_litellms_callback_after_ours_and_bounds_its_memory():
    plain, measured = (render.config(_measured(on))["litellm_settings"] for on in (False, True))

    assert measured["callbacks"] == [*plain["callbacks"], "prometheus"]
    added = {name: value for name, value in measured.items() if name not in plain}
    assert added == {"prometheus_metrics_max_series_per_metric": 10_000}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_metrics_and_labels_that_exist(query: str, counted: dict[str, str]):
    from litellm.types.integrations.prometheus import PrometheusMetricLabels

    asked = _asked(query)
    grouped = [name.strip() for group in re.findall(r"by \(([^)]*)\)", query) for name in group.split(",")]
    sources = re.findall(r'"\$1", "(\w+)"', query)
    selected = re.findall(r"\{(\w+)[=!]", query)

    assert asked
    assert asked <= set(counted) | OF_THE_PROCESS
    for metric in asked & set(counted):
        known = set(PrometheusMetricLabels.get_labels(counted[metric])) if counted[metric] else set()
        assert {*grouped, *sources, *selected} - OURS <= known, metric


def test_the_dashboard_shows_what_an_operator_asks_first():
    asked = {metric for query in QUERIES for metric in _asked(str(query.values[0]))}

    assert asked >= {
        "litellm_proxy_total_requests_metric_total",
        "litellm_proxy_failed_requests_metric_total",
        "litellm_request_total_latency_metric_bucket",
        "litellm_llm_api_time_to_first_token_metric_bucket",
        "litellm_input_tokens_metric_total",
        "litellm_spend_metric_total",
        "litellm_deployment_successful_fallbacks_total",
        "litellm_deployment_cooled_down_total",
    }


def test_no_two_panels_lie_on_each_other():
    taken = [
        (column, row)
        for panel in DASHBOARD["panels"]
        for column in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for row in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert len(taken) == len(set(taken))
    assert max(column for column, _ in taken) < 24


@pytest.fixture
def metrics(simulator: Simulator, tmp_path: Path) -> Iterator[tuple[httpx.Client, Path]]:
    """A client of a proxy with metrics, and the folder of its rows."""
    pytest.importorskip("prometheus_client", reason="prometheus_client is not installed")
    config = tmp_path / "litellm_config.yaml"
    config.write_text(render.render(_measured(switched_on=True), "registry.toml"))
    env = {**simulator.environ(), "POINTSMAN_STATE_DIR": str(tmp_path)}
    with litellm(config, env, tmp_path / "log") as proxy, proxy.client() as client:
        yield client, tmp_path


@pytest.mark.proxy
def test_calls_are_counted_by_litellm_and_leave_our_rows_too(
    metrics: tuple[httpx.Client, Path], simulator: Simulator, counted: dict[str, str]
):
    client, folder = metrics
    body = {"messages": [{"role": "user", "content": "Reply PONG"}]}
    simulator.script("kimi", "bad_key")
    models = ("kimi-for-coding", "kimi/kimi-for-coding", "fast", "keyless/x")
    statuses = [client.post("/v1/chat/completions", json={"model": model, **body}).status_code for model in models]
    assert statuses == [401, 200, 200, 404]

    text = _until(client, 'litellm_spend_metric_total{.*requested_model="openai/gpt-4o-mini"')

    exported = set(re.findall(r"^# TYPE (litellm_\w+)", text, re.MULTILINE))
    assert set(counted) - exported <= {name for name in counted if name.endswith("_bucket")}
    # LiteLLM counts all names without a deployment together.
    for model, status in (("kimi/kimi-for-coding", "401"), ("other", "404")):
        labels = rf'exception_status="{status}".*requested_model="{model}"'
        assert re.search(rf"litellm_proxy_failed_requests_metric_total{{.*{labels}", text)
    eventually(lambda: _rows(folder) == len(models))


@pytest.mark.proxy
def test_kimis_time_to_first_token_is_measured_like_everybody_elses(metrics: tuple[httpx.Client, Path]):
    client, _ = metrics
    body = {"model": "kimi-for-coding", "stream": True, "messages": [{"role": "user", "content": "Reply PONG"}]}

    assert client.post("/v1/chat/completions", json=body).status_code == 200

    _until(client, 'litellm_llm_api_time_to_first_token_metric_count{.*model="kimi-for-coding"')


@pytest.mark.proxy
def test_each_of_two_workers_tells_of_both(simulator: Simulator, tmp_path: Path):
    pytest.importorskip("prometheus_client", reason="prometheus_client is not installed")
    (tmp_path / "providers.toml").write_bytes(REGISTRY.read_bytes() + MEASURED)
    port = free_port()
    command = [str(BIN / "pointsman"), "serve", "--workers", "2", "--port", str(port)]
    env = {**clean_environment(), **simulator.environ(), "LITELLM_MASTER_KEY": MASTER_KEY}
    with running(command, env, f"http://127.0.0.1:{port}", tmp_path / "log", cwd=tmp_path) as proxy:
        for _ in range(10):
            with proxy.client() as client:
                body = {"model": "local", "messages": [{"role": "user", "content": "Reply PONG"}]}
                assert client.post("/v1/chat/completions", json=body).status_code == 200
        for _ in range(3):
            with proxy.client() as client:
                _until(client, r"(?m)^litellm_proxy_total_requests_metric_total{.*} 10\.0$")
        children = Path(f"/proc/{proxy.process.pid}/task/{proxy.process.pid}/children").read_text().split()
        places = [re.search(rb"PROMETHEUS_MULTIPROC_DIR=(.*?)\0", _environment(child)) for child in children]
        (place,) = {found[1].decode() for found in places if found}
        assert len(children) == 2
        assert all(places)
    assert not Path(place).exists()


def _environment(process: str) -> bytes:
    return Path(f"/proc/{process}/environ").read_bytes()


@pytest.mark.proxy
def test_metrics_are_not_shown_without_a_key(metrics: tuple[httpx.Client, Path]):
    client, _ = metrics

    assert client.get("/metrics/").status_code == 200
    assert client.get("/metrics/", headers={"Authorization": ""}).status_code == 401


def _rows(folder: Path) -> int:
    """How many calls have their row by now; the table is created with the first."""
    with contextlib.closing(sqlite3.connect(folder / paths.DATABASE)) as database:
        try:
            (count,) = database.execute("SELECT count(*) FROM tool_calls").fetchone()
        except sqlite3.OperationalError:
            return 0
    return int(count)


def _until(client: httpx.Client, pattern: str) -> str:
    """Waits until LiteLLM's background work has updated the metrics to contain ``pattern``; returns them."""

    def metrics() -> str:
        return client.get("/metrics/").text

    return eventually(
        lambda: text if re.search(pattern, text := metrics()) else "",
        otherwise=lambda: f"{pattern} is not among:\n{metrics()}",
    )
