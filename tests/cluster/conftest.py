"""Two proxies with the generated config that share a Redis and a Postgres, behind nginx."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import yaml

from custom_providers.registry.model import Audit, Registry
from pointsman.config.render import config
from pointsman.simulator import Simulator
from tests.cluster.machines import Machines
from tests.cluster.redis_server import RedisServer
from tests.cluster.replica import Replica
from tests.database.conftest import database_environment as database_environment  # noqa: PLC0414 -- a fixture too
from tests.deploy.reverse_proxy import running_nginx, write_config
from tests.observability.audit.cluster import Cluster
from tests.observability.audit.conftest import postgres as postgres  # noqa: PLC0414 -- a fixture, for all modules here
from tests.running import REPOSITORY, free_port


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A running Redis."""
    if shutil.which("redis-server") is None:
        pytest.skip("Redis is not installed (Debian: apt-get install redis-server)")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def machines(
    redis_server: RedisServer,
    postgres: Cluster,
    upstreams: Simulator,
    example_registry: Registry,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Machines]:
    """The whole cluster, for tests that do not need LiteLLM's tables."""
    if missing := [name for name in ("nginx", "openssl") if shutil.which(name) is None]:
        pytest.skip(f"not installed: {', '.join(missing)} (Debian: apt-get install nginx-light openssl)")
    folder = tmp_path_factory.mktemp("cluster")
    with contextlib.ExitStack() as stack:
        env = {
            **upstreams.environ(),
            "PYTHONPATH": str(REPOSITORY),
            # A name that LiteLLM itself does not read, so that only the generated config makes proxies share state.
            "SHARED_REDIS_URL": redis_server.url,
            "AUDIT_DATABASE_URL": postgres.url,
            # The delay before LiteLLM reconnects to Redis; the default is 60 s.
            "REDIS_CIRCUIT_BREAKER_RECOVERY_TIMEOUT": "1",
        }
        rendered = _config(example_registry)
        first, second = (Replica(folder / name, rendered, env) for name in ("first", "second"))
        with ThreadPoolExecutor(2) as pool:
            started = [pool.submit(replica.start) for replica in (first, second)]
        for replica, done in zip((first, second), started, strict=True):
            stack.callback(replica.stop)
            done.result()
        port = free_port()
        nginx = write_config(folder, port, first.port, second.port)
        url = stack.enter_context(running_nginx(nginx, port))
        yield Machines(first=first, second=second, redis=redis_server, postgres=postgres, nginx=nginx, url=url)


def _config(registry: Registry) -> str:
    """The generated config, with keys that do not need a database."""
    gateway = replace(registry.gateway, redis_url_env="SHARED_REDIS_URL")
    settings = config(replace(registry, gateway=gateway, audit=Audit(url_env="AUDIT_DATABASE_URL")))
    settings["general_settings"]["custom_auth"] = "tests.cluster.keys_of_clients.authenticate"
    return yaml.safe_dump(settings)
