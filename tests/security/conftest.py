"""One proxy to attack: operator keys in its environment, and a target behind every pass-through route."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from custom_providers.registry.model import Registry
from custom_providers.server.gate.bounds import Bounds
from pointsman.config.render import config
from pointsman.simulator import Simulator
from tests.database.conftest import database_environment as database_environment  # noqa: PLC0414 -- a fixture too
from tests.database.environment import DatabaseEnvironment
from tests.observability.audit.cluster import Cluster
from tests.observability.audit.conftest import postgres as postgres  # noqa: PLC0414 -- a fixture, for all modules here
from tests.observability.audit.recorded import Recorded
from tests.running import REPOSITORY, litellm
from tests.security import virtual_keys
from tests.security.media import Media
from tests.security.target import Target

PASS_THROUGH_TARGETS = (
    *("ANTHROPIC_API_BASE", "GEMINI_API_BASE", "OPENAI_API_BASE", "OPENROUTER_API_BASE", "COHERE_API_BASE"),
    *("MISTRAL_API_BASE", "AZURE_API_BASE", "CURSOR_API_BASE", "VLLM_API_BASE"),
)
"""LiteLLM's variables for the targets of its pass-through routes."""
OPERATORS = {f"{name}_API_KEY": f"sk-canary-{name.lower()}-Kq82" for name in ("COHERE", "MISTRAL", "AZURE", "CURSOR")}


@pytest.fixture(scope="session")
def target_server() -> Iterator[Target]:
    """The target of pass-through requests, which is also an internal host."""
    with Target() as target:
        yield target


@pytest.fixture
def target(target_server: Target) -> Target:
    """The target, with no requests recorded."""
    target_server.arrivals.clear()
    return target_server


@pytest.fixture(scope="session")
def media_server() -> Iterator[Media]:
    """An image host that the attacked proxy may use, although its address is private."""
    with Media() as media:
        yield media


@pytest.fixture
def media(media_server: Media) -> Media:
    """The image host, with no requests recorded."""
    media_server.reset()
    return media_server


PATIENCE = 3
"""Seconds within which a request must arrive completely at the ``impatient`` proxy, and an answer be read."""


_BOTH_KINDS_OF_KEYS = frozenset({"test_named_models.py", "test_routes.py", "test_views.py"})
"""Tests of a key's access. The other tests do not depend on the kind of key."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs the tests of a key's access with virtual keys too."""
    if "attacked" in metafunc.fixturenames and metafunc.definition.path.name in _BOTH_KINDS_OF_KEYS:
        metafunc.parametrize("attacked", ["by_custom_authentication", "by_virtual_keys"], indirect=True)


@pytest.fixture(scope="session")
def attacked(request: pytest.FixtureRequest) -> Recorded:
    """A proxy with several clients' keys, and the rows of its calls."""
    recorded: Recorded = request.getfixturevalue(getattr(request, "param", "by_custom_authentication"))
    return recorded


@pytest.fixture(scope="session")
def operators_environment(upstreams: Simulator, target_server: Target) -> dict[str, str]:
    """The environment with the operator's keys and the targets of pass-through requests."""
    return {**upstreams.environ(), **dict.fromkeys(PASS_THROUGH_TARGETS, target_server.url), **OPERATORS}


@pytest.fixture(scope="session")
def by_custom_authentication(
    operators_environment: dict[str, str],
    media_server: Media,
    example_registry: Registry,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Recorded]:
    """``attacked`` without a database."""
    folder = tmp_path_factory.mktemp("attacked")
    with guarded(example_registry, operators_environment, folder, image_host=media_server.host) as recorded:
        yield recorded


@pytest.fixture(scope="session")
def by_virtual_keys(
    database_environment: DatabaseEnvironment,
    postgres: Cluster,
    operators_environment: dict[str, str],
    example_registry: Registry,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Recorded]:
    """``attacked`` with a database."""
    folder = tmp_path_factory.mktemp("virtual_keys")
    url = database_environment.create_database(postgres, "attacked")
    gateway = replace(example_registry.gateway, database_url_env="DATABASE_URL")
    settings = config(replace(example_registry, gateway=gateway))
    settings["router_settings"]["disable_cooldowns"] = True
    path = folder / "litellm_config.yaml"
    path.write_text(yaml.safe_dump(settings))
    with database_environment.litellm(path, url, operators_environment, folder / "proxy.log") as proxy:
        virtual_keys.create(proxy, url)
        yield Recorded(proxy=proxy, state=folder / ".pointsman")


@pytest.fixture(scope="session")
def impatient(
    upstreams: Simulator, example_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recorded]:
    """The same proxy, with only ``PATIENCE`` seconds for a request to arrive and for an answer to be read."""
    gateway = replace(example_registry.gateway, bounds=Bounds(arrival_seconds=PATIENCE, unread_seconds=PATIENCE))
    registry = replace(example_registry, gateway=gateway)
    with guarded(registry, upstreams.environ(), tmp_path_factory.mktemp("impatient")) as recorded:
        yield recorded


@pytest.fixture
def unused(upstreams: Simulator, example_registry: Registry, tmp_path: Path) -> Iterator[Recorded]:
    """The same proxy, without earlier requests: it logs the first refusal with each status."""
    with guarded(example_registry, upstreams.environ(), tmp_path) as recorded:
        yield recorded


@contextlib.contextmanager
def guarded(registry: Registry, env: Mapping[str, str], folder: Path, *, image_host: str = "") -> Iterator[Recorded]:
    """A proxy whose clients have the keys of ``tests.security.keys``; it may download from ``image_host``."""
    settings = config(registry)
    settings["general_settings"] |= {
        "custom_auth": "tests.security.keys.authenticate",
        "custom_auth_run_common_checks": True,
    }
    # Otherwise provider errors in one test would put deployments on cooldown in the next.
    settings["router_settings"]["disable_cooldowns"] = True
    settings["litellm_settings"]["enable_post_custom_auth_checks"] = True
    settings["litellm_settings"]["user_url_allowed_hosts"] = [image_host] if image_host else []
    path = folder / "litellm_config.yaml"
    path.write_text(yaml.safe_dump(settings))
    with litellm(path, {**env, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'scripts'}"}, folder / "proxy.log") as proxy:
        yield Recorded(proxy=proxy, state=folder / ".pointsman")
