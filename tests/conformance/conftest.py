"""One proxy for all cells; its providers are simulated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_providers.registry import loading
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.observability.audit.recorded import Recorded
from tests.running import litellm

REGISTRY = Path(__file__).with_name("registry.toml")


@pytest.fixture(scope="session")
def recorded(upstreams: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """The proxy, and the rows of its calls."""
    folder = tmp_path_factory.mktemp("conformance")
    config = folder / "litellm_config.yaml"
    config.write_text(render(loading.load(REGISTRY), REGISTRY.name))
    like = upstreams.environ_of("opencode")
    house = {"HOUSE_BASE_URL": like["OPENCODE_BASE_URL"], "HOUSE_API_KEY": like["OPENCODE_API_KEY"]}
    with litellm(config, {**upstreams.environ(), **house}, folder / "proxy.log") as proxy:
        yield Recorded(proxy=proxy, state=folder / ".pointsman")
