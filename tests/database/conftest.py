"""A proxy with a database, as for the admin UI.

These tests need Postgres, Node and npm (Debian: ``apt-get install postgresql nodejs npm``). Prisma's query engine and
LiteLLM's client for it are created in ``.prisma`` the first time: see ``query_engine``.

With ``POINTSMAN_TEST_DATABASE_PYTHON`` the tests use another Python, which has LiteLLM, a generated client and Prisma's
native engine:

    python3 -m venv /tmp/ui && /tmp/ui/bin/pip install 'litellm[proxy]==1.106.12' prisma==0.11.0
    PATH=/tmp/ui/bin:$PATH prisma generate --schema \
        $(/tmp/ui/bin/python -c 'import litellm_proxy_extras as p; print(p.__path__[0])')/schema.prisma
    POINTSMAN_TEST_DATABASE_PYTHON=/tmp/ui/bin/python ./scripts/test tests/database

If that engine is elsewhere, set Prisma's own variables (``PRISMA_QUERY_ENGINE_BINARY``), which are passed on.

To do the same in another folder, import ``database_environment`` and ``postgres`` from here into its conftest, and call

    url = database_environment.create_database(postgres, "two_proxies")
    with database_environment.litellm(config, url, simulator.environ(), folder / "one.log") as proxy: ...

where ``config`` was rendered from a registry with ``database_url_env = "DATABASE_URL"``. Proxies that share a
database use the same ``url``; to start one in another way, use the environment ``database_environment.variables(url)``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from custom_providers.registry.model import Registry
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.database import environment
from tests.database.environment import DatabaseEnvironment
from tests.database.query_engine import installation
from tests.observability.audit.cluster import Cluster
from tests.observability.audit.conftest import postgres as postgres  # noqa: PLC0414 -- a fixture, for all modules here
from tests.running import Proxy


@pytest.fixture(scope="session")
def database_environment(postgres: Cluster) -> DatabaseEnvironment:
    """An environment in which LiteLLM can run with a database."""
    if named := environment.from_variables(os.environ):
        return named
    if reason := installation.missing():
        pytest.skip(reason)
    return environment.from_npm()


@pytest.fixture(scope="session")
def database_url(database_environment: DatabaseEnvironment, postgres: Cluster) -> str:
    """The database of this folder's proxy, with LiteLLM's tables."""
    return database_environment.create_database(postgres, "admin_ui")


@pytest.fixture(scope="session")
def proxy(
    database_environment: DatabaseEnvironment,
    database_url: str,
    upstreams: Simulator,
    example_registry: Registry,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Proxy]:
    """A running proxy with a database, whose providers are all simulated."""
    folder = tmp_path_factory.mktemp("database")
    gateway = replace(example_registry.gateway, database_url_env="DATABASE_URL")
    config = folder / "litellm_config.yaml"
    config.write_text(render(replace(example_registry, gateway=gateway), "registry.toml"))
    with database_environment.litellm(config, database_url, upstreams.environ(), folder / "proxy.log") as running:
        yield running
