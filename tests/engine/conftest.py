"""Two proxies with the same configuration: one serves calls with the engine, the other with LiteLLM."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from custom_providers.engine.custom_llm.selection import SWITCH
from custom_providers.registry.model import Registry
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.running import litellm

MEASURED = importlib.util.find_spec("prometheus_client") is not None
"""Whether the proxies export metrics, which an installation may lack."""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Two proxies with the same providers."""

    engine: Recorded
    litellm: Recorded


def _proxy(
    upstreams: Simulator, registry: Registry, paths: pytest.TempPathFactory, name: str, **env: str
) -> Iterator[Recorded]:
    folder = paths.mktemp(name)
    config = folder / "litellm_config.yaml"
    gateway = replace(registry.gateway, prometheus=MEASURED)
    config.write_text(render(replace(registry, gateway=gateway), "registry.toml"))
    with litellm(config, {**upstreams.environ(), **env}, folder / "proxy.log") as proxy:
        yield Recorded(proxy=proxy, state=folder / ".pointsman")


@pytest.fixture(scope="session")
def engine(
    upstreams: Simulator, example_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recorded]:
    """A proxy with the engine."""
    yield from _proxy(upstreams, example_registry, tmp_path_factory, "engine")


@pytest.fixture(scope="session")
def ways(
    engine: Recorded, upstreams: Simulator, example_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ways]:
    """The same proxy, and one without the engine."""
    for other in _proxy(upstreams, example_registry, tmp_path_factory, "litellm", **{SWITCH: "off"}):
        yield Ways(engine=engine, litellm=other)
