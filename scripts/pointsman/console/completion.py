"""Shell completion with names from the registry; offers nothing if the registry cannot be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from custom_providers.registry.model import Registry


def provider_names(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Completes the declared providers."""
    return _offered(context, incomplete, lambda registry: [provider.name for provider in registry.providers])


def key_names(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Completes the providers that need a key; after a capital letter, the variables of their keys."""

    def names(registry: Registry) -> list[str]:
        keyed = [provider for provider in registry.providers if provider.auth_env]
        if incomplete[:1].isupper():
            return sorted({provider.auth_env for provider in keyed})
        return [provider.name for provider in keyed]

    return _offered(context, incomplete, names)


def model_names(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Completes the aliases, and the default and declared models as ``provider/model``."""

    def names(registry: Registry) -> list[str]:
        deployments = (
            f"{provider.name}/{model.id}" for provider in registry.providers for model in provider.all_models
        )
        return sorted({*(alias for alias in registry.aliases if "*" not in alias), *deployments})

    return _offered(context, incomplete, names)


def _offered(context: click.Context, incomplete: str, names: Callable[[Registry], Iterable[str]]) -> list[str]:
    from custom_providers.registry import loading
    from custom_providers.registry.problems import ConfigError

    given = context.params.get("registry") or context.find_root().params.get("registry")
    path = Path(given or os.environ.get("POINTSMAN_REGISTRY") or "providers.toml")
    try:
        return [name for name in names(loading.load(path)) if name.startswith(incomplete)]
    except (ConfigError, OSError):
        return []
