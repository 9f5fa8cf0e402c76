"""The compiled route table: made from the registry, stored in the generated config, and read by the proxy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from custom_providers.environment.admission import Admission
from custom_providers.registry.model import Provider, Registry
from custom_providers.routing.resolver import Options, ProviderRoute, RouteTable

SETTINGS_KEY = "pointsman"
"""Where the table is under ``callback_settings`` in ``litellm_config.yaml``."""

REGISTRY_HEADER = "x-pointsman-registry"
"""Header of the proxy's provider list: the hash of the registry that its config was rendered from."""

ROUTES_HEADER = "x-pointsman-routes"
"""Header of the same: the fingerprint of the current route table."""

_DEFAULTS = {field.name: field.default for field in fields(ProviderRoute)}


def compile_table(registry: Registry, registered: frozenset[str]) -> RouteTable:
    """The route table of ``registry``, with the providers named in ``registered``."""
    providers = tuple(_provider_route(provider) for provider in registry.providers)
    aliases = {alias: final_target(registry.aliases, alias) for alias in registry.aliases}
    default = registry.gateway.default_provider or None
    return RouteTable(
        providers=providers,
        aliases=aliases,
        default_provider=default,
        options={**registry.alias_options, **_of_models(registry)},
        registered=registered,
    )


def _of_models(registry: Registry) -> dict[str, Options]:
    return {
        f"{provider.name}/{model.id}": Options(defaults=model.defaults, fallbacks=model.fallbacks)
        for provider in registry.providers
        for model in provider.models
        if model.defaults or model.fallbacks
    }


def final_target(aliases: Mapping[str, str], name: str) -> str:
    """The name that ``name`` points to after following all aliases.

    Raises:
        ValueError: the aliases form a loop.
    """
    seen = [name]
    while seen[-1] in aliases:
        seen.append(aliases[seen[-1]])
        if seen[-1] in seen[:-1]:
            raise ValueError(" -> ".join(seen))
    return seen[-1]


def to_settings(table: RouteTable, registry_sha256: str) -> dict[str, Any]:
    """The table as plain data for the generated config; defaults are omitted."""
    return {
        "registry_sha256": registry_sha256,
        "default_provider": table.default.name if table.default else None,
        "aliases": dict(sorted((table.aliases | table.alias_globs).items())),
        **({"options": {name: _plain(item) for name, item in sorted(table.options.items())}} if table.options else {}),
        "providers": [
            {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in asdict(provider).items()
                if value != _DEFAULTS[name]
            }
            for provider in table.providers.values()
        ],
    }


def fingerprint(settings: Mapping[str, Any]) -> str:
    """A hash of the settings without that of the registry's text, so that it changes only with the routing."""
    deciding = {name: value for name, value in settings.items() if name != "registry_sha256"}
    return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()


def provider_routes(settings: Mapping[str, Any]) -> tuple[ProviderRoute, ...]:
    """The providers that ``to_settings`` wrote."""
    return tuple(ProviderRoute(**with_tuples(provider)) for provider in settings["providers"])


def from_settings(settings: Mapping[str, Any], admitted: Mapping[str, Admission]) -> RouteTable:
    """The table that ``to_settings`` wrote, with each provider as the environment admits it."""
    return RouteTable(
        providers=tuple(item.provider for item in admitted.values()),
        aliases=settings["aliases"],
        default_provider=settings["default_provider"],
        options={name: Options(**with_tuples(item)) for name, item in settings.get("options", {}).items()},
        registered=frozenset(name for name, item in admitted.items() if not item.obstacle),
        obstacles={name: f"{item.obstacle}; fix that" for name, item in admitted.items() if item.flawed},
    )


def deployment_id(name: str) -> str:
    """LiteLLM's id of a deployment in spend, cooldowns and its database; it depends on the name only.

    LiteLLM's default id depends on the base URL and the key too: with a base URL from the environment, LiteLLM would
    drop the deployment when it compares with its database, and replicas would not share their cooldowns.
    """
    return hashlib.sha256(name.encode()).hexdigest()


def _provider_route(provider: Provider) -> ProviderRoute:
    return ProviderRoute(
        name=provider.name,
        default_model=provider.default_model,
        enabled=provider.enabled,
        auth_env=provider.auth_env,
        prefixes=provider.prefixes,
        suffixes=provider.suffixes,
        bare=provider.bare,
        accepts=provider.accepts,
        refuses=provider.profile.refuses,
        fallbacks=provider.fallbacks,
        unattended=provider.unattended,
        wire_family=provider.wire_family,
        bearer=provider.wire_family == "anthropic" and provider.auth == "bearer",
        session_header=provider.profile.session_header,
    )


def _plain(item: Options) -> dict[str, Any]:
    parts = {"defaults": dict(item.defaults), "fallbacks": list(item.fallbacks)}
    return {name: value for name, value in parts.items() if value}


def with_tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    """``table`` with its arrays as the tuples that frozen dataclasses hold."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
