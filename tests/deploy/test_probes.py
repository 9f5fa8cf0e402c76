"""Health checks while Postgres is down: all proxies still serve known keys, so none may be removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from custom_providers.registry.model import Registry
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.database.conftest import database_environment as database_environment  # noqa: PLC0414 -- a fixture too
from tests.database.environment import DatabaseEnvironment
from tests.deploy.test_compose import SERVICES
from tests.deploy.test_kubernetes import CONTAINER
from tests.observability.audit.cluster import Cluster
from tests.observability.audit.conftest import postgres as postgres  # noqa: PLC0414 -- a fixture
from tests.patience import SECONDS, eventually
from tests.running import Proxy

pytestmark = pytest.mark.proxy

PROBES = [value["httpGet"]["path"] for name, value in CONTAINER.items() if name.endswith("Probe")]
COMPOSE = re.findall(r"http://127\.0\.0\.1:4000(/[\w/]+)", SERVICES["proxy"]["healthcheck"]["test"][-1])


@pytest.fixture
def proxy(
    database_environment: DatabaseEnvironment,
    postgres: Cluster,
    upstreams: Simulator,
    example_registry: Registry,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Proxy]:
    """A proxy with a database."""
    folder = tmp_path_factory.mktemp("probes")
    gateway = replace(example_registry.gateway, database_url_env="DATABASE_URL")
    config = folder / "litellm_config.yaml"
    config.write_text(render(replace(example_registry, gateway=gateway), "registry.toml"))
    url = database_environment.create_database(postgres, "probes")
    with database_environment.litellm(config, url, upstreams.environ(), folder / "proxy.log") as running:
        yield running


def _status(proxy: Proxy, path: str) -> int:
    return httpx.get(f"{proxy.url}{path}", timeout=SECONDS).status_code


def test_without_postgres_no_proxy_is_taken_out_though_litellms_readiness_says_so(
    proxy: Proxy, postgres: Cluster, simulator: Simulator
):
    paths = {*PROBES, *COMPOSE}
    assert len(PROBES) == 3
    assert len(COMPOSE) == 1
    postgres.stop()
    try:
        eventually(lambda: _status(proxy, "/health/readiness") == 503)
        statuses = {path: _status(proxy, path) for path in paths}
        with proxy.client() as client:
            asked = {"model": "fast", "messages": [{"role": "user", "content": "Reply PONG"}]}
            served = client.post("/v1/chat/completions", json=asked).status_code
    finally:
        postgres.start()
    assert statuses == dict.fromkeys(paths, 200)
    assert served == 200
