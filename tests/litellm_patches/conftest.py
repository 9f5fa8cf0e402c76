"""A route table for the tests of our patches to LiteLLM."""

from __future__ import annotations

import pytest

from custom_providers.registry.model import Registry
from custom_providers.routing.resolver import RouteTable
from custom_providers.routing.table import compile_table


@pytest.fixture
def route_table(example_registry: Registry) -> RouteTable:
    """The route table of the example registry, in which one provider has no key."""
    registered = frozenset(provider.name for provider in example_registry.providers if provider.name != "keyless")
    return compile_table(example_registry, registered)
