"""A proxy with the dashboard, and the headers that browsers send."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from custom_providers.registry.model import Registry
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.running import litellm


@pytest.fixture(scope="session")
def watched(
    upstreams: Simulator, example_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recorded]:
    """A proxy with simulated providers and recorded calls; openrouter has no key."""
    folder = tmp_path_factory.mktemp("dashboard")
    config = folder / "litellm_config.yaml"
    config.write_text(render(example_registry, "registry.toml"))
    env = {name: value for name, value in upstreams.environ().items() if name != "OPENROUTER_API_KEY"}
    with litellm(config, env, folder / "proxy.log") as proxy:
        yield Recorded(proxy=proxy, state=folder / ".pointsman")


@pytest.fixture
def browser(watched: Recorded) -> Iterator[httpx.Client]:
    """A browser on the proxy's machine, which needs no login."""
    with httpx.Client(base_url=watched.proxy.url) as client:
        yield client


@pytest.fixture
def remote(watched: Recorded) -> Iterator[httpx.Client]:
    """A remote browser behind a reverse proxy on the proxy's machine."""
    with httpx.Client(base_url=watched.proxy.url, headers={"X-Forwarded-For": "192.0.2.7"}) as client:
        yield client
