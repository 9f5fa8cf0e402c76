"""One proxy for most fault tests; its providers are simulated, raw or dead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from custom_providers.registry import loading
from pointsman.config.render import render
from pointsman.simulator import Simulator
from tests.faults.raw import RawUpstream
from tests.observability.audit.recorded import Recorded
from tests.running import litellm

REGISTRY = Path(__file__).with_name("registry.toml")


def config_in(folder: Path) -> Path:
    """Renders the config of the fault tests' registry into ``folder``."""
    path = folder / "litellm_config.yaml"
    path.write_text(render(loading.load(REGISTRY), REGISTRY.name))
    return path


@pytest.fixture(scope="session")
def raw_upstream() -> Iterator[RawUpstream]:
    """The upstream of the provider "raw"."""
    with RawUpstream() as upstream:
        yield upstream


@pytest.fixture(scope="session")
def recorded(
    upstreams: Simulator, raw_upstream: RawUpstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recorded]:
    """The proxy and the rows of its calls."""
    folder = tmp_path_factory.mktemp("faults")
    urls = {name: url for name, url in upstreams.environ().items() if name.endswith("_BASE_URL")}
    named = {f"{manner}_{name}": url for manner in ("HASTY", "PATIENT") for name, url in urls.items()}
    named["PATIENT_KIMI_BASE_URL"] = urls["MOONSHOT_BASE_URL"]
    # If a response arrives before aiohttp has written the whole request, the request's timer keeps running on the
    # pooled connection. Here, with timers of 5 s, it would abort another test's request, which has no retries.
    env = {**upstreams.environ(), **named, "RAW_BASE_URL": raw_upstream.url, "AIOHTTP_KEEPALIVE_TIMEOUT": "1"}
    path = config_in(folder)
    settings = yaml.safe_load(path.read_text())
    # The failures of one test would otherwise keep the next one's provider from being called.
    settings["router_settings"]["disable_cooldowns"] = True
    path.write_text(yaml.safe_dump(settings))
    with litellm(path, env, folder / "proxy.log") as proxy:
        yield Recorded(proxy=proxy, state=folder / ".pointsman")


@pytest.fixture
def client(recorded: Recorded, simulator: Simulator) -> Iterator[httpx.Client]:
    """An HTTP client with the master key, and upstreams that have received nothing."""
    with recorded.proxy.client() as http:
        yield http
