"""A simulator that no proxy uses, so that it receives the tests' own requests only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pointsman.simulator import Simulator


@pytest.fixture(scope="package")
def running() -> Iterator[Simulator]:
    """The simulator of these tests."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def upstreams(running: Simulator) -> Simulator:
    """The same, with no scripted answers and no received requests."""
    running.reset()
    return running
