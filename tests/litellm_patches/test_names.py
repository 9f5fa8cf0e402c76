"""Names as LiteLLM's aliases: all that resolves is found, what is listed is listed, what is deployed is itself."""

from __future__ import annotations

import pytest

from custom_providers.litellm_patches.names import Names
from custom_providers.registry.model import Registry
from custom_providers.routing.table import compile_table


@pytest.fixture
def names(example_registry: Registry) -> Names:
    everyone = frozenset(provider.name for provider in example_registry.providers if provider.name != "keyless")
    table = compile_table(example_registry, everyone)
    return Names({"fast": "openai/gpt-4o-mini"}, table, lambda: {"house-model", "openai/gpt-4o-mini"})


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("fast", "openai/gpt-4o-mini"),
        ("gpt-4o-mini", "openai/gpt-4o-mini"),
        ("gpt-oss:120b-cloud", "ollama_cloud/gpt-oss:120b"),
        ("qwen3.5:latest", "ollama/qwen3.5:latest"),
    ],
)
def test_a_name_is_an_alias_of_what_it_stands_for(names: Names, name: str, target: str):
    assert name in names
    assert (names[name], names.get(name)) == (target, target)


@pytest.mark.parametrize("name", ["openai/gpt-4o-mini", "kimi/k3", "house-model", "keyless-1", "a,b", ""])
def test_what_stands_for_itself_or_for_nothing_is_no_alias(names: Names, name: str):
    assert name not in names
    assert names.get(name) is None
    with pytest.raises(KeyError):
        names[name]


def test_only_what_is_listed_is_walked_through(names: Names):
    assert list(names.items()) == [("fast", "openai/gpt-4o-mini")]
