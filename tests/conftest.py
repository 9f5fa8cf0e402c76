"""Fixtures for all tests: an environment without keys, and the simulated providers on request."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_providers.registry import loading
from custom_providers.registry.model import Registry
from pointsman.serve.generation import OFFLINE
from pointsman.simulator import Simulator
from tests import releases
from tests.running import clean_environment

# Before anything imports litellm, which sends network requests during its import.
os.environ.update(OFFLINE)
# A shell ignores SIGINT for what it starts in the background, and commands under test would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

REGISTRY = Path(__file__).with_name("registry.toml")

_FOREIGN = frozenset(os.environ) - frozenset(clean_environment())
"""The developer's variables. Those that libraries set later stay: LiteLLM points tiktoken to its tokenizers, once."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that use LiteLLM, and the core tests among them: ``-m litellm``, ``-m core``."""
    for item in items:
        for marker in releases.markers(item.path.relative_to(Path(__file__).parent).as_posix()):
            item.add_marker(marker)


@pytest.fixture(autouse=True)
def _no_keys_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _FOREIGN:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def upstreams() -> Iterator[Simulator]:
    """The simulated providers, one server for the whole test session."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(upstreams: Simulator) -> Simulator:
    """The simulated providers, with no scripted answers and no received requests."""
    upstreams.reset()
    return upstreams


@pytest.fixture(scope="session")
def example_registry() -> Registry:
    """The tests' registry."""
    return loading.load(REGISTRY)
