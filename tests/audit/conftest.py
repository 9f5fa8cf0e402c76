"""A Postgres of our own, and a proxy whose rows can be read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_providers.registry import Registry
from switchyard.render import render
from tests.audit.cluster import Cluster, programs
from tests.audit.recorded import Recorded
from tests.running import litellm
from tests.simulator import Simulator


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running Postgres."""
    found = programs()
    if found is None:
        pytest.skip("Postgres is not installed (Debian: apt-get install postgresql)")
    # Not below pytest's own temporary folder: that is closed to the user postgres.
    folder = Path(tempfile.mkdtemp(prefix="switchyard-pg-"))
    cluster = Cluster(folder, found)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


@pytest.fixture
def database(postgres: Cluster) -> Cluster:
    """The same, running, without any table."""
    postgres.start()
    postgres.query("DROP TABLE IF EXISTS tool_calls")
    return postgres


@pytest.fixture(scope="session")
def recorded(
    upstreams: Simulator, test_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recorded]:
    """A proxy with simulated providers, as it comes: rows in SQLite, beside its working directory."""
    folder = tmp_path_factory.mktemp("audit")
    config = folder / "litellm_config.yaml"
    config.write_text(render(test_registry, "registry.toml"))
    with litellm(config, upstreams.environ(), folder / "proxy.log") as proxy:
        yield Recorded(proxy=proxy, state=folder / ".switchyard")
