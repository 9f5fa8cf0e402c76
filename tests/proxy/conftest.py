"""One proxy for this folder: plain ``litellm --config`` with the generated config."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from custom_providers.registry.model import Registry
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.running import Proxy, litellm


@pytest.fixture(scope="session")
def proxy(
    upstreams: Simulator, example_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """A running proxy whose providers are all simulated."""
    folder = tmp_path_factory.mktemp("proxy")
    config = folder / "litellm_config.yaml"
    config.write_text(render(example_registry, "registry.toml"))
    with litellm(config, upstreams.environ(), folder / "proxy.log") as running:
        yield running


@pytest.fixture
def client(proxy: Proxy, simulator: Simulator) -> Iterator[httpx.Client]:
    """An HTTP client with the master key, and upstreams that have received nothing."""
    with proxy.client() as http:
        yield http
