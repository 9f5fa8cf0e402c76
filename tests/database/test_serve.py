"""``pointsman serve`` starts connected to its database, and so do the new processes of a reload."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pointsman.simulator import Simulator
from tests.conftest import REGISTRY
from tests.database.environment import DatabaseEnvironment
from tests.observability.audit.cluster import Cluster
from tests.patience import SECONDS
from tests.running import Proxy, free_port, running

pytestmark = pytest.mark.proxy

_COMMAND = "from pointsman.cli import run; run()"


@pytest.fixture
def served(
    database_environment: DatabaseEnvironment, postgres: Cluster, upstreams: Simulator, tmp_path: Path
) -> Iterator[tuple[Proxy, list[str], dict[str, str]]]:
    """The proxy, its command and its environment."""
    (tmp_path / "providers.toml").write_text(f'{REGISTRY.read_text()}\n[gateway]\ndatabase_url_env = "DATABASE_URL"\n')
    variables = database_environment.variables(database_environment.create_database(postgres, "served"))
    env = {**variables, **upstreams.environ()}
    command, port = [str(database_environment.python), "-c", _COMMAND], free_port()
    arguments = ["serve", "--port", str(port)]
    with running(
        [*command, *arguments], env, f"http://127.0.0.1:{port}", tmp_path / "serve.log", cwd=tmp_path
    ) as proxy:
        yield proxy, command, env


def test_it_is_connected_and_stays_so_over_a_reload(served: tuple[Proxy, list[str], dict[str, str]], tmp_path: Path):
    proxy, command, env = served
    with proxy.client() as admin:
        key = admin.post("/key/generate", json={"models": ["kimi/kimi-for-coding"]}).json()["key"]
    before = _answers(proxy, key)

    done = subprocess.run([*command, "reload"], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    assert (done.returncode, before, _answers(proxy, key)) == (0, [200, 403], [200, 403]), done.stderr
    assert httpx.get(f"{proxy.url}/health/readiness", timeout=SECONDS).json()["db"] == "connected"


def _answers(proxy: Proxy, key: str) -> list[int]:
    with proxy.client(key) as client:
        body = {"messages": [{"role": "user", "content": "hi"}]}
        models = ("kimi/kimi-for-coding", "fast")
        return [client.post("/v1/chat/completions", json={"model": name, **body}).status_code for name in models]
