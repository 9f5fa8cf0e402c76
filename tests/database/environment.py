"""The environment for LiteLLM with a database: a Python, a generated Prisma client, and Prisma's query engine."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest

from tests.database.query_engine import installation
from tests.observability.audit.cluster import Cluster
from tests.patience import SECONDS, eventually
from tests.releases import migrations_missing
from tests.running import MASTER_KEY, REPOSITORY, Proxy, clean_environment, free_port, running

STORES_SPEND = pytest.mark.skipif(bool(migrations_missing()), reason=migrations_missing())
"""For tests that need all tables of LiteLLM."""

VARIABLE = "POINTSMAN_TEST_DATABASE_PYTHON"

_TEMPLATE = "litellm"
_FIND_MIGRATIONS = "import litellm_proxy_extras as package; print(package.__path__[0])"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseEnvironment:
    """An environment for LiteLLM with a database."""

    python: Path
    client: Path | None
    """The folder with the generated client, if ``python`` does not have one."""
    prisma: Mapping[str, str]
    """The ``PRISMA_*`` variables with the paths of engines outside Prisma's default place."""

    def variables(self, database_url: str) -> dict[str, str]:
        """The environment variables of a proxy with that database, with our packages from this repository."""
        clean = clean_environment()
        packages = [self.client, REPOSITORY, REPOSITORY / "scripts"]
        return {
            **clean,
            **self.prisma,
            "PATH": f"{self.python.parent}:{clean['PATH']}",
            "PYTHONPATH": ":".join(str(folder) for folder in packages if folder),
            "DATABASE_URL": database_url,
            # The tables exist already: see ``create_database``.
            "DISABLE_SCHEMA_UPDATE": "true",
            "LITELLM_MASTER_KEY": MASTER_KEY,
            "LITELLM_SALT_KEY": "sk-canary-salt-Hb5Vx8Rt2Mq6",
        }

    @contextlib.contextmanager
    def litellm(
        self, config: Path, database_url: str, env: Mapping[str, str], log_path: Path, *arguments: str
    ) -> Iterator[Proxy]:
        """Runs ``litellm --config`` on a free port; yields once it is connected to its database."""
        port = free_port()
        program = str(self.python.with_name("litellm"))
        command = [program, "--config", str(config), "--host", "127.0.0.1", "--port", str(port), *arguments]
        full = {**self.variables(database_url), **env}
        with running(command, full, f"http://127.0.0.1:{port}", log_path, cwd=config.parent) as proxy:
            _wait_until_connected(proxy)
            yield proxy

    def create_database(self, cluster: Cluster, name: str) -> str:
        """Creates a database with LiteLLM's tables, empty; returns its URL."""
        if not cluster.query(f"SELECT 1 FROM pg_database WHERE datname = '{_TEMPLATE}'"):
            cluster.query(f"CREATE DATABASE {_TEMPLATE}")
            self._migrate(_url(cluster, _TEMPLATE))
        cluster.query(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return _url(cluster, name)

    def _migrate(self, url: str) -> None:
        """Runs all migrations in order, as `prisma migrate deploy` does, which needs another engine."""
        import psycopg

        found = subprocess.run([self.python, "-c", _FIND_MIGRATIONS], capture_output=True, text=True, check=True)
        with psycopg.connect(url.partition("?")[0], autocommit=True) as connection:
            for path in sorted(Path(found.stdout.strip()).glob("migrations/*/migration.sql")):
                connection.execute(path.read_bytes())


def from_variables(env: Mapping[str, str]) -> DatabaseEnvironment | None:
    """The environment that ``env`` names, with Prisma's native engine; None if it names none."""
    python = env.get(VARIABLE)
    if not python:
        return None
    prisma = {name: value for name, value in env.items() if name.startswith("PRISMA_")}
    return DatabaseEnvironment(python=Path(python), client=None, prisma=prisma)


def from_npm() -> DatabaseEnvironment:
    """The environment of the tests themselves, with Prisma's engine from npm."""
    made = installation.ensure()
    return DatabaseEnvironment(python=Path(sys.executable), client=made.packages, prisma=made.variables)


def query(url: str, sql: str) -> list[tuple[object, ...]]:
    """Runs one statement in the database at ``url``."""
    import psycopg

    with psycopg.connect(url.partition("?")[0], autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def _url(cluster: Cluster, name: str) -> str:
    return urlunsplit(urlsplit(cluster.url)._replace(path=f"/{name}"))


def _wait_until_connected(proxy: Proxy) -> None:
    eventually(lambda: _connected(proxy), otherwise=lambda: f"not connected to its database:\n{proxy.log()}")


def _connected(proxy: Proxy) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return bool(httpx.get(f"{proxy.url}/health/readiness", timeout=SECONDS).json().get("db") == "connected")
    return False
