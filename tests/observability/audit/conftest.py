"""A private Postgres, and a proxy whose rows can be read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from custom_providers.registry.model import Registry
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.observability.audit.cluster import Cluster, programs
from tests.observability.audit.recorded import Recorded
from tests.running import litellm

ADDED = {
    "house-model": {"model": "openai/gpt-4o-mini"},
    "house-model-2": {"model": "gpt-4o-mini", "custom_llm_provider": "openai"},
}
"""OpenAI models as added in the admin UI."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running Postgres."""
    found = programs()
    if found is None:
        pytest.skip("Postgres is not installed (Debian: apt-get install postgresql)")
    # Not below pytest's temporary folder, which the user postgres cannot access.
    folder = Path(tempfile.mkdtemp(prefix="pointsman-pg-"))
    cluster = Cluster(folder, found)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


@pytest.fixture
def database(postgres: Cluster) -> Cluster:
    """The same Postgres, running, without tables."""
    postgres.start()
    postgres.query("DROP TABLE IF EXISTS tool_calls")
    return postgres


@pytest.fixture(scope="session")
def recorded(
    upstreams: Simulator, example_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recorded]:
    """A proxy with simulated providers and added models, and its rows in SQLite next to its working directory."""
    folder = tmp_path_factory.mktemp("audit")
    config = folder / "litellm_config.yaml"
    made = yaml.safe_load(render(example_registry, "registry.toml"))
    openai = {"api_base": upstreams.environ()["OPENAI_BASE_URL"], "api_key": "os.environ/OPENAI_API_KEY"}
    for name, model in ADDED.items():
        made["model_list"].append({"model_name": name, "litellm_params": {**openai, **model}})
    config.write_text(yaml.safe_dump(made))
    with litellm(config, upstreams.environ(), folder / "proxy.log") as proxy:
        yield Recorded(proxy=proxy, state=folder / ".pointsman")
